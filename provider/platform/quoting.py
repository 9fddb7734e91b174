"""Holding prices for plans (P5). The backend calls it; the orders of an apply go to ``purchase``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection

from provider.backend.port import HeldQuote, Quote, RefusedError
from provider.commerce.change import NewContract, Renew, describe
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal, accept, is_free, propose
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.identifiers import contract_id_of
from provider.platform.records import catalogues, contracts, orders, quotes, servers

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue
    from provider.platform.records.contracts import ContractRecord


def hold_quote(platform: Platform, proposal: Proposal, *, name: str | None = None) -> Quote:
    """Hold a price; the quote for the same change that is still honoured comes back in its place.

    ``name`` is that of a contract which is only planned.

    Raises:
        RefusedError: the clock is behind (L7), or the catalogue changes an offer under its id (P8).
    """

    def work(connection: Connection) -> Quote:
        now = record_instant(connection, platform.clock, for_order=True)
        catalogues.store_catalogue(connection, platform.catalogue, now)
        contract = contracts.load(connection, proposal.contract_id, now.date())
        is_renewal = isinstance(proposal.change, Renew)
        period_end = contract.periods[0].end if contract and not is_renewal else None
        return quotes.hold(connection, proposal, platform.catalogue, now=now, period_end=period_end, name=name)

    return platform.database.write(work)


def find_quote(platform: Platform, proposal: Proposal) -> Quote | None:
    """The newest quote for the same change that no order has used up, honoured or expired."""
    with platform.database.read() as connection:
        return quotes.find(connection, proposal)


def held_quotes(platform: Platform) -> Sequence[HeldQuote]:
    """The quotes that no order has used, oldest first, each beside what the same change costs today."""
    with platform.database.read() as connection:
        now = platform.now_in(connection)
        found = quotes.unused(connection)
        names = {quote.proposal.contract_id: name for quote, name in found if name is not None}
        return [_held(connection, platform.catalogue, quote, names, now) for quote, _name in found]


def _held(
    connection: Connection, catalogue: Catalogue, quote: Quote, names: Mapping[str, str], now: datetime
) -> HeldQuote:
    proposal = quote.proposal
    record = contracts.get(connection, proposal.contract_id)
    server = servers.living_on(connection, proposal.contract_id)
    name = server.name if server else record.name if record else names.get(proposal.contract_id)
    contract = contracts.load(connection, proposal.contract_id, now.date())
    if _is_overtaken(proposal, record, contract, now):
        return HeldQuote(quote, name, proposal.lines[0].description, "overtaken", None)
    state: Literal["held", "expired"] = "held" if now < quote.expires_at else "expired"
    if contract is None and not isinstance(proposal.change, NewContract):
        # An addition to a server that is only planned is priced with that plan.
        contract = _planned(connection, proposal.contract_id, now)
    today = _today(catalogue, proposal, contract, now)
    return HeldQuote(quote, name, describe(proposal.change, contract), state, today)


def _is_overtaken(proposal: Proposal, record: ContractRecord | None, contract: Contract | None, now: datetime) -> bool:
    """Whether no order can use a quote any more, because its line is another one than it was planned from (N6)."""
    if record is None:
        return False
    if isinstance(proposal.change, NewContract) or record.status_on(now.date()) == "ended":
        return True
    return (contract.revision(proposal.line) if contract else 0) != proposal.revision


def _today(catalogue: Catalogue, proposal: Proposal, contract: Contract | None, now: datetime) -> Decimal | None:
    if contract is not None and is_free(catalogue, contract, proposal.change):
        return None
    priced = propose(catalogue, proposal.contract_id, contract, proposal.change, now.date())
    if not isinstance(priced, Proposal) or priced.currency != proposal.currency:
        return None
    return priced.amount


def _planned(connection: Connection, contract_id: str, now: datetime) -> Contract | None:
    """The contract that the quote held last would make."""
    quote = quotes.newest_for_new_contract(connection, contract_id)
    return accept(None, quote.proposal, at=now, order_id=quote.id) if quote else None


def drop_quotes(platform: Platform, quote_ids: Collection[str]) -> None:
    """Forget quotes, all of them or none.

    Raises:
        RefusedError: one is not there, or an order has used it.
    """

    def work(connection: Connection) -> None:
        unknown = [quote_id for quote_id in quote_ids if not quotes.drop(connection, quote_id)]
        if unknown:
            raise RefusedError(
                "Unknown quote",
                f"No quote {', '.join(unknown)} is held: it was dropped before, or an order has used it. Nothing was "
                "dropped. `qualit quotes list` shows those that are held.",
                rule="P5",
            )

    platform.database.write(work)


def expected_contract(platform: Platform, planned_id: str) -> Contract | None:
    """The contract that buying would make: of the order that is open for it, else of the quote held last."""
    contract_id = contract_id_of(planned_id)
    with platform.database.read() as connection:
        record = contracts.get(connection, contract_id)
        if record is not None and record.status != "ordered":
            return None
        now = platform.now_in(connection)
        for order in orders.open_of_contract(connection, contract_id):
            if isinstance(order.proposal.change, NewContract):
                return accept(None, order.proposal, at=now, order_id=order.id)
        return _planned(connection, contract_id, now)
