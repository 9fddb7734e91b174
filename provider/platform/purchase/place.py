"""Placing an order: one transaction that uses the quote up, reserves what is bought and enqueues its run.

Nothing is paid here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from provider.backend.port import (
    UNPAID,
    BackendError,
    ContractTerms,
    LineMovedError,
    OrderKind,
    Purchase,
    Quote,
    RefusedError,
    ServerSettings,
    UnavailableError,
)
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution, describe
from provider.commerce.contract import Contract
from provider.commerce.policy import reinstall, restart
from provider.commerce.proposal import Proposal, accept
from provider.commerce.receipt import means_in_words
from provider.platform import identifiers, machines, room, user_data
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.payment_methods import check_means
from provider.platform.purchase.honour import honour
from provider.platform.purchase.names import check_name_is_free
from provider.platform.purchase.restart import restart_for
from provider.platform.records import catalogues, contracts, orders, quotes, servers
from provider.platform.records.contracts import ContractRecord
from provider.platform.records.orders import Order, Restart
from provider.platform.records.servers import Server
from provider.platform.refusals import raise_refusals
from provider.platform.room import Candidate

KINDS: dict[type[Change], OrderKind] = {
    NewContract: "new",
    SwitchSolution: "improvement",
    SetQuantity: "addition",
    Renew: "renewal",
}


def place_order(platform: Platform, purchase: Purchase) -> str:
    """Place an order and return its id; or the id of the order that this purchase has placed before.

    Raises:
        RefusedError: a rule forbids it, or the quote is not honoured; nothing was ordered.
        UnavailableError: the machine could not be delivered now; nothing was ordered.
    """
    with platform.database.read() as connection:
        quote = known_quote(connection, purchase.quote_id)
        earlier = _earlier_order(connection, quote)
        server = servers.living_on(connection, quote.proposal.contract_id)
        has_machine = _needs_machine(connection, platform, quote, purchase, server)
    asked: Sequence[Candidate] = ()
    means = None
    if earlier is None:
        method = check_means(platform, purchase.payment_method)
        means = means_in_words(method.kind, method.label)
        asked = _check_hosts(platform, quote.proposal.change, server) if has_machine else ()
    placing = _Placing(platform, purchase, asked, means)
    # Before the order exists, so that no order that was placed can lack it.
    server_id = placing.keep_user_data(earlier)
    try:
        return platform.database.write(placing.place)
    except BackendError:
        if server_id is not None and earlier is None:
            user_data.forget(platform.folder, server_id)
        raise


def known_quote(connection: Connection, quote_id: str) -> Quote:
    """The quote of an id.

    Raises:
        RefusedError: there is none.
    """
    quote = quotes.get(connection, quote_id)
    if quote is None:
        raise RefusedError(
            "Unknown quote",
            f"The quote {quote_id} is not held in this home: it was dropped, or the plan was made against another "
            "one. Plan again. Nothing was ordered.",
            rule="P5",
        )
    return quote


@dataclass(frozen=True, slots=True)
class _Placing:
    """One attempt to place an order; ``place`` is its transaction and may be run again."""

    platform: Platform
    purchase: Purchase
    asked: Sequence[Candidate]
    means: str | None

    def place(self, connection: Connection) -> str:
        now = record_instant(connection, self.platform.clock, for_order=True)
        quote = known_quote(connection, self.purchase.quote_id)
        earlier = _earlier_order(connection, quote)
        if earlier is not None:
            return self._take_up(connection, earlier)
        contract = self._contract(connection, quote.proposal, now)
        proposal = honour(connection, self.platform.catalogue, quote, contract, now)
        order = self._order(connection, quote, proposal, contract, now)
        self._check_reinstall(connection, proposal, contract)
        expected = accept(contract, proposal, at=now, order_id=order.id)
        order = replace(order, restart=self._restart(connection, proposal, contract, expected))
        host = None if isinstance(proposal.change, Renew) else self._take_room(connection, contract, expected)
        orders.insert_order(connection, order)
        self.platform.runs.enqueue(connection, order)
        quotes.use(connection, quote.id, order.id)
        if isinstance(proposal.change, NewContract):
            self._record_new(connection, expected, order, host, now)
        server = servers.living_on(connection, order.contract_id)
        if server is not None and not isinstance(proposal.change, Renew):
            pool = host.pool if host is not None else None
            machines.reserve_addresses(connection, server, expected, order_id=order.id, pool=pool)
        return order.id

    def _take_room(self, connection: Connection, contract: Contract | None, expected: Contract) -> Candidate | None:
        """The host that has room for what is bought; None where no machine changes."""
        server = servers.living_on(connection, contract.id) if contract is not None else None
        if server is None and (contract is not None or self._terms.kind != "vps"):
            return None
        if not self.asked:
            raise UnavailableError(
                "It changed at this moment",
                "When the hosts were to be asked for room, there was another order in its place, or no server yet. "
                "Nothing was ordered: apply again.",
            )
        after = catalogues.total_characteristics(connection, expected)
        if contract is None or server is None:
            return room.take_for_new(connection, self.platform.catalogue, self.asked, after)
        (host,) = self.asked
        room.check_growth(connection, host, server, catalogues.total_characteristics(connection, contract), after)
        return host

    def keep_user_data(self, earlier: Order | None) -> str | None:
        """Keep what a new server is to be installed with; the id of that server, if there is one."""
        terms, settings = self.purchase.terms, self.purchase.settings
        if terms is None or settings is None or not (earlier is None or earlier.status in UNPAID):
            return None
        server_id = self.platform.identity(terms.kind, terms.name).server_id
        if server_id is not None:
            user_data.keep(self.platform.folder, server_id, settings.user_data)
        return server_id

    def _take_up(self, connection: Connection, order: Order) -> str:
        """The order that is there goes on, with what costs nothing as it is wanted now (L4)."""
        if order.status in UNPAID and order.payment_method != self.purchase.payment_method:
            raise RefusedError(
                "Another order holds the line",
                # The other one is not repeated: nothing has told yet that it is the id of a method (N8).
                f"The order {order.id} waits to be paid with {order.payment_method}. To pay with another method, "
                f"cancel it first: qualit orders cancel {order.id}",
                rule="L4",
                attribute="payment_method",
                order_id=order.id,
            )
        server = servers.living_on(connection, order.contract_id)
        if server is not None and server.status != "active" and self.purchase.settings is not None:
            servers.configure(connection, server.id, self.purchase.settings)
        if order.waits_for is not None:
            self.platform.runs.enqueue_next(connection, order)
        return order.id

    def _contract(self, connection: Connection, proposal: Proposal, now: datetime) -> Contract | None:
        """The contract that the change is of, at the revision that it was planned from."""
        if isinstance(proposal.change, NewContract):
            check_name_is_free(connection, self.platform, self._terms, proposal.contract_id, now)
            return None
        record = contracts.get(connection, proposal.contract_id)
        if record is None or record.status_on(now.date()) == "ended":
            raise RefusedError(
                "No such contract",
                "The contract does not exist or has ended since the plan. Plan again: what it had must be bought anew.",
                rule="L3",
            )
        if record.status == "ordered":
            raise UnavailableError(
                "The server is not delivered yet",
                f"{record.name} is being delivered; nothing was ordered for it. Apply again when it is active.",
            )
        _check_beside(connection, record, proposal)
        contract = contracts.load(connection, proposal.contract_id, now.date())
        if contract is None:
            raise LookupError(f"the contract {record.id} has no periods")
        if contract.revision(proposal.line) != proposal.revision:
            raise LineMovedError(
                f"{record.name} changed since the plan",
                f"Its {proposal.line} was changed by another order after this change was planned (revision "
                f"{contract.revision(proposal.line)} instead of {proposal.revision}). Plan again to see what is left "
                "to do and what it costs now. Nothing was ordered.",
                rule="N6",
            )
        return contract

    def _order(
        self,
        connection: Connection,
        quote: Quote,
        proposal: Proposal,
        contract: Contract | None,
        now: datetime,
    ) -> Order:
        return Order(
            id=identifiers.new_order_id(),
            kind=KINDS[type(proposal.change)],
            contract_id=proposal.contract_id,
            status="placed",
            name=self._name(connection, proposal),
            quote_id=quote.id,
            proposal=proposal,
            description=describe(proposal.change, contract),
            refunded=Decimal("0.00"),
            payment_method=self.purchase.payment_method,
            intent_id=None,
            action_url=None,
            action_required_at=None,
            failure=None,
            placed_at=now,
            run=1,
            payment_means=self.means,
        )

    def _name(self, connection: Connection, proposal: Proposal) -> str:
        if isinstance(proposal.change, NewContract):
            return self._terms.name
        server = servers.living_on(connection, proposal.contract_id)
        if server is not None:
            return server.name
        record = contracts.get(connection, proposal.contract_id)
        return record.name if record else proposal.contract_id

    @property
    def _terms(self) -> ContractTerms:
        if self.purchase.terms is None:
            raise ValueError("a new contract is bought with its terms")
        return self.purchase.terms

    def _check_reinstall(self, connection: Connection, proposal: Proposal, contract: Contract | None) -> None:
        change = proposal.change
        if contract is None or not isinstance(change, SwitchSolution):
            return
        if servers.living_on(connection, contract.id) is not None:
            allowed = self.purchase.allow_reinstall
            raise_refusals(reinstall(self.platform.catalogue, contract, change.os, allow_reinstall=allowed))

    def _restart(
        self, connection: Connection, proposal: Proposal, contract: Contract | None, expected: Contract
    ) -> Restart | None:
        """Whether the order may restart the machine, which it needs and has to be allowed (C1)."""
        change = proposal.change
        server = servers.living_on(connection, contract.id) if contract is not None else None
        if contract is None or server is None or isinstance(change, Renew):
            return None
        needed = restart_for(self.platform, connection, server, contract, expected)
        if needed is None:
            return None
        if contract.solution.os == expected.solution.os:  # A reinstallation was allowed already, and it restarts.
            allowed = self.purchase.allow_restart
            attribute = "quantity" if isinstance(change, SetQuantity) else "offer"
            allowed = server.allow_restart if allowed is None else allowed
            raise_refusals(restart(needed, attribute, allow_restart=allowed))
        return "allowed"

    def _record_new(
        self, connection: Connection, expected: Contract, order: Order, host: Candidate | None, now: datetime
    ) -> None:
        terms = self._terms
        identity = self.platform.identity_in(connection, terms.kind, terms.name)
        contracts.insert_ordered(
            connection,
            contracts.ContractRecord(
                id=order.contract_id,
                kind=terms.kind,
                name=terms.name,
                generation=identity.generation,
                status="ordered",
                currency=expected.currency,
                anchor_day=expected.anchor_day,
                term_months=expected.term_months,
                payment_method=order.payment_method,
                auto_renew=terms.auto_renew,
                max_charge=terms.max_charge,
                grace_days=self.platform.catalogue.grace_days,
                created_at=now,
            ),
        )
        if identity.server_id is None or host is None:
            return
        machines.record_new_server(
            connection,
            self.platform.catalogue,
            machines.NewServer(
                id=identity.server_id,
                name=terms.name,
                generation=identity.generation,
                contract_id=order.contract_id,
                host=host.name,
                characteristics=catalogues.total_characteristics(connection, expected),
                settings=self.purchase.settings or ServerSettings(),
            ),
            paid=False,
            at=now,
        )


def _earlier_order(connection: Connection, quote: Quote) -> Order | None:
    """The order that used the quote up, or the unfinished one of the same change that holds the line.

    Raises:
        RefusedError: an unfinished order of another change holds it (L4).
    """
    used_by = quotes.order_of(connection, quote.id)
    if used_by is not None:
        return orders.get(connection, used_by)
    holder = orders.holding_line(connection, quote.proposal)
    if holder is None or holder.status == "active":
        return None
    if holder.proposal.change == quote.proposal.change:
        return holder
    remedy = (
        f"Apply what it was placed for, or cancel it: qualit orders cancel {holder.id}"
        if holder.status in UNPAID
        else "It is paid and is being delivered: wait for it, then plan again."
    )
    raise RefusedError(
        "Another order holds the line",
        f"The order {holder.id} ({holder.description}) of {holder.name} is {holder.status} since "
        f"{holder.placed_at:%Y-%m-%d %H:%M} UTC. {remedy}. Nothing was ordered.",
        rule="L4",
        order_id=holder.id,
    )


def _check_beside(connection: Connection, record: ContractRecord, proposal: Proposal) -> None:
    """A renewal moves every line, so nothing else of its contract is under way beside it.

    Raises:
        RefusedError: something is (L4).
    """
    beside = next(
        (
            order
            for order in orders.open_of_contract(connection, record.id)
            if "renewal" in (order.kind, KINDS[type(proposal.change)])
        ),
        None,
    )
    if beside is None:
        return
    remedy = (
        f"Let it finish, or cancel it: qualit orders cancel {beside.id}"
        if beside.status in UNPAID
        else "It is paid and is being delivered: wait for it, then plan again."
    )
    raise RefusedError(
        "Another order of the contract is open",
        f"The order {beside.id} ({beside.description}) of {beside.name} is {beside.status} since "
        f"{beside.placed_at:%Y-%m-%d %H:%M} UTC, and a renewal renews every line. {remedy}. Nothing was ordered.",
        rule="L4",
        order_id=beside.id,
    )


def _needs_machine(
    connection: Connection, platform: Platform, quote: Quote, purchase: Purchase, server: Server | None
) -> bool:
    """Whether the host has to do something: a renewal only switches a suspended server on again."""
    if isinstance(quote.proposal.change, NewContract):
        return purchase.terms is not None and purchase.terms.kind == "vps"
    if server is None:
        return False
    if not isinstance(quote.proposal.change, Renew):
        return True
    record = contracts.get(connection, quote.proposal.contract_id)
    return record is not None and record.status_on(platform.now_in(connection).date()) == "suspended"


def _check_hosts(platform: Platform, change: Change, server: Server | None) -> Sequence[Candidate]:
    """The hosts that are able to deliver, asked before anything is paid: a server's own, or those for a new one."""
    if server is not None:
        os = change.os if isinstance(change, SwitchSolution) else None
        for_disk = not isinstance(change, SetQuantity) or change.type == "disk"
        return [room.candidate_of(platform, server, os, for_disk=for_disk)]
    if not isinstance(change, NewContract):
        raise TypeError("only a new contract has no server and needs one")
    offer = platform.catalogue.offer(change.offer)
    return room.candidates(platform, change.os, offer.characteristics.disk_gib if offer else None)
