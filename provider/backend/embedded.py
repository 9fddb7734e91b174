"""The backend of a platform that runs in this process: one SQLite file, one payment gateway, one libvirt host.

The plugins and the command line open it with :func:`connect`. Nothing is opened before it is needed; libvirt only
by an apply, by ``check_delivery`` and to observe a machine.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from provider.backend.opening import Opening
from provider.backend.port import (
    KEEP,
    Account,
    Backend,
    ContractKind,
    ContractView,
    HeldQuote,
    Identity,
    Keep,
    OrderView,
    PaymentView,
    Purchase,
    Quote,
    RefusedError,
    SavedMethod,
    ServerSettings,
    ServerView,
)
from provider.commerce.catalogue import Catalogue
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal
from provider.commerce.spending import Spending
from provider.configuration import Configuration
from provider.money import Money
from provider.platform import disputes, ending, free_changes, lapse, payment_methods, quoting
from provider.platform.account.data import AccountData
from provider.platform.account.spending_limit import set_spending_limit
from provider.platform.home import default_payment_method
from provider.platform.identifiers import contract_id_of
from provider.platform.observing import living_server, observed, present_server
from provider.platform.payments.port import SetUp
from provider.platform.payments.sandbox import SandboxGateway
from provider.platform.purchase import cancel
from provider.platform.receipts import lookup
from provider.platform.receipts.document import Receipt
from provider.platform.reconcile import reconcile, statement
from provider.platform.reconcile.finding import Report as Reconciliation
from provider.platform.records import account, catalogues, contracts, orders, quotes, receipts, servers, spending
from provider.platform.renewal import Unrenewed
from provider.platform.views import contract_view, server_view
from provider.platform.workers import buying, work
from provider.platform.workers.work import Ended, Found, Report

if TYPE_CHECKING:
    from provider.platform.payments.stripe.receiver import Receiver

METHODS_SECONDS = 5.0
"""For how long the saved methods of payment are taken as asked for just now. Paying looks again."""

OPENING_SECONDS = 60.0
"""How long a worker that ends when it is idle waits for its database at the beginning."""


def connect(configuration: Configuration) -> EmbeddedBackend:
    """The backend of a configuration; errors of the configuration come with the first use."""
    return EmbeddedBackend(configuration)


class EmbeddedBackend(Backend):
    """A backend over the platform's own functions; several threads may use it. Close it when it is done with."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._opening = Opening(configuration)
        self._platform = self._opening.platform
        self._methods: tuple[float, Sequence[SavedMethod]] = (-math.inf, ())
        self._planned: dict[tuple[str, str], str] = {}

    def close(self) -> None:
        """Close the records' connections, and leave what is open to a worker that outlives this process.

        The backend opens them again if it is used again.
        """
        self._opening.close()

    def interrupt(self, wanted: bool = True) -> None:
        if wanted:
            self._opening.interrupted.set()
        else:
            self._opening.interrupted.clear()

    # -- reading -------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        with self._platform() as platform:
            return platform.now()

    def account(self) -> Account:
        """The provider's setting names the default payment method before the account's own does."""
        with self._platform() as platform:
            return Account(
                platform.account_id,
                self._configuration.payment_method or self.own_default(),
                platform.catalogue.contact,
            )

    def own_default(self) -> str | None:
        """The account's own default payment method, whatever the provider's setting says."""
        with self._platform() as platform, platform.database.read() as connection:
            return default_payment_method(connection)

    def catalogue(self) -> Catalogue:
        with self._platform() as platform, platform.database.read() as connection:
            catalogues.check_offers(connection, platform.catalogue)
            return platform.catalogue

    def payment_methods(self) -> Sequence[SavedMethod]:
        """What the gateway said within the last seconds: every charge of a plan asks for it."""
        asked, methods = self._methods
        if time.monotonic() - asked > METHODS_SECONDS:
            asked = time.monotonic()
            with self._platform() as platform:
                methods = platform.gateway.methods()
            self._methods = (asked, methods)
        return methods

    def identity(self, kind: ContractKind, name: str) -> Identity:
        with self._platform() as platform:
            return platform.identity(kind, name)

    def contract(self, contract_id: str) -> ContractView | None:
        with self._platform() as platform, platform.database.read() as connection:
            record = contracts.get(connection, contract_id)
            return contract_view(connection, record, platform.now_in(connection)) if record else None

    def contracts(self) -> Sequence[ContractView]:
        """Every contract that lives, or is being bought, oldest first."""
        with self._platform() as platform, platform.database.read() as connection:
            now = platform.now_in(connection)
            views = [contract_view(connection, record, now) for record in contracts.living(connection)]
            return [view for view in views if view is not None]

    def contract_named(self, name: str) -> ContractView | None:
        with self._platform() as platform, platform.database.read() as connection:
            record = contracts.living_named(connection, "order", name)
            return contract_view(connection, record, platform.now_in(connection)) if record else None

    def server(self, server_id: str, *, observe: bool = False) -> ServerView | None:
        with self._platform() as platform:
            view = living_server(platform, server_id)
            if view is None or not observe or view.status == "provisioning":
                return view
            return observed(platform, view)

    def server_named(self, name: str) -> ServerView | None:
        with self._platform() as platform, platform.database.read() as connection:
            server = servers.living_named(connection, name)
            return server_view(connection, server, platform.now_in(connection)) if server else None

    def servers(self) -> Sequence[ServerView]:
        with self._platform() as platform, platform.database.read() as connection:
            now = platform.now_in(connection)
            views = [server_view(connection, server, now) for server in servers.living(connection)]
            return [view for view in views if view is not None]

    def knows(self, planned_id: str) -> bool:
        contract_id = contract_id_of(planned_id)
        with self._platform() as platform, platform.database.read() as connection:
            return servers.exists(connection, planned_id) or bool(orders.of_contract(connection, contract_id))

    def expected_contract(self, planned_id: str) -> Contract | None:
        with self._platform() as platform:
            return quoting.expected_contract(platform, planned_id)

    def orders(self, *, contract_id: str | None = None) -> Sequence[OrderView]:
        with self._platform() as platform, platform.database.read() as connection:
            return [order.view() for order in orders.of_contract(connection, contract_id)]

    def payments(self) -> Sequence[PaymentView]:
        with self._platform() as platform:
            return [
                PaymentView(
                    id=intent.id,
                    order=intent.order_id,
                    status=intent.status,
                    amount=intent.amount.amount,
                    refunded=intent.refunded.amount,
                    currency=intent.amount.currency,
                    dispute=intent.dispute,
                )
                for intent in platform.gateway.intents()
            ]

    def spending(self, at: datetime | None = None) -> Spending:
        planned = set(self._planned.values())
        with self._platform() as platform, platform.database.read() as connection:
            month = spending.spending(connection, at or platform.now_in(connection), platform.catalogue.currency)
            return replace(month, planned=quotes.unused_total(connection, planned))

    def check_delivery(self, os: str | None) -> None:
        with self._platform() as platform:
            platform.hosts.able(os)

    def find_quote(self, proposal: Proposal) -> Quote | None:
        with self._platform() as platform:
            return quoting.find_quote(platform, proposal)

    # -- planning ------------------------------------------------------------------------------------------
    def hold_quote(self, proposal: Proposal, *, name: str | None = None) -> Quote:
        with self._platform() as platform:
            quote = quoting.hold_quote(platform, proposal, name=name)
        # Of one line only the last counts: nobody applies two changes of it from one revision.
        self._planned[proposal.contract_id, proposal.line] = quote.id
        return quote

    def held_quotes(self) -> Sequence[HeldQuote]:
        """The quotes that no order has used, oldest first (P5)."""
        with self._platform() as platform:
            return quoting.held_quotes(platform)

    def drop_quotes(self, quote_ids: Collection[str]) -> None:
        """Forget quotes that no order has used, so that the next plan shows today's price (P5): all of them or none.

        Raises:
            RefusedError: one is not there, or an order has used it.
        """
        with self._platform() as platform:
            quoting.drop_quotes(platform, quote_ids)

    # -- paying --------------------------------------------------------------------------------------------
    def set_up_payment_method(self, wanted: str | None) -> SetUp:
        """Begin to save a payment method: the link where its customer does it; in the sandbox it is saved at once.

        Raises:
            RefusedError: the sandbox has no test method of that name; it says which there are.
        """
        with self._platform() as platform:
            try:
                return payment_methods.set_up(platform, wanted)
            finally:
                self._forget_methods()

    def remove_payment_method(self, method_id: str) -> None:
        """Remove a saved method, also as the account's default. The contracts that it pays for are left as they are.

        Raises:
            RefusedError: there is none of that id.
        """
        with self._platform() as platform:
            try:
                payment_methods.remove(platform, method_id)
            finally:
                self._forget_methods()

    def choose_default_payment_method(self, method_id: str | None) -> None:
        """Let a saved method, or none, pay for everything that names none.

        Raises:
            RefusedError: it cannot be used to pay at once (S5).
        """
        with self._platform() as platform:
            payment_methods.choose_default(platform, method_id)

    def _forget_methods(self) -> None:
        self._methods = (-math.inf, ())

    # -- applying ------------------------------------------------------------------------------------------
    def order(self, purchase: Purchase, *, timeout_seconds: float) -> OrderView:
        with self._platform() as platform:
            cancel.cancel_unconfirmed(platform)
            disputes.look_before_order(platform, purchase.quote_id)
            lapse.suspend_and_end(platform)
            for line, quote_id in tuple(self._planned.items()):
                if quote_id == purchase.quote_id:
                    self._planned.pop(line, None)
            return buying.buy(platform, purchase, timeout_seconds=timeout_seconds)

    def resume(self, order_id: str, *, timeout_seconds: float) -> OrderView:
        with self._platform() as platform:
            cancel.cancel_unconfirmed(platform)
            return buying.resume(platform, order_id, timeout_seconds=timeout_seconds)

    def cancel_order(self, order_id: str, *, timeout_seconds: float) -> OrderView:
        """Cancel an order that is not paid (L4); one that was paid after all is delivered.

        One that was paid and waits for its host is refunded (N3).

        Raises:
            RefusedError: there is no such order, or it is paid and its host answers.
        """
        with self._platform() as platform:
            return buying.cancel_order(platform, order_id, timeout_seconds=timeout_seconds)

    def work(
        self,
        *,
        until_idle: bool,
        report: Report,
        stop: threading.Event,
        found: Found = lambda _finding: None,
        ended: Ended = lambda _lapsed: None,
        unrenewed: Unrenewed = lambda _name, _why: None,
    ) -> None:
        """Take open orders forward until ``stop`` is set, or with ``until_idle`` until none can go on soon."""
        # One that was left behind must not die because the database is just being restarted.
        self._opening.open_within(OPENING_SECONDS if until_idle else 0, stop)
        with self._platform() as platform:
            work.work(
                platform,
                until_idle=until_idle,
                report=report,
                found=found,
                ended=ended,
                unrenewed=unrenewed,
                stop=stop,
            )

    def ledger(self) -> statement.Statement:
        """The ledger's entries and balances, and its cash beside the gateway's (N9)."""
        with self._platform() as platform:
            return statement.statement(platform)

    def receipts(self) -> Sequence[Receipt]:
        """Every receipt and credit note, oldest first (P8)."""
        with self._platform() as platform, platform.database.read() as connection:
            return receipts.every(connection)

    def receipt(self, order_or_number: str) -> Sequence[Receipt]:
        """An order's receipt with its credit note, if it has one; or the one document of a number.

        Raises:
            RefusedError: there is none.
        """
        with self._platform() as platform, platform.database.read() as connection:
            return lookup.documents(connection, order_or_number)

    def account_data(self) -> AccountData | None:
        """The customer's data as they stand on receipts from now on; None where none were set."""
        with self._platform() as platform, platform.database.read() as connection:
            return account.get(connection)

    def set_account_data(self, changes: Mapping[str, str]) -> AccountData:
        """Change fields of the account's data; an empty text takes one away. Receipts that were written stay.

        Raises:
            RefusedError: a value cannot be right; nothing is stored.
        """
        # What checks them is loaded here, because no plan needs it.
        from provider.platform.account.change import change_account

        with self._platform() as platform:
            return change_account(platform, changes)

    def set_spending_limit(self, text: str | None) -> Money | None:
        """Bound what the orders of each month charge, to an amount such as ``200.00``; None takes the limit away (P9).

        Raises:
            RefusedError: the text is no such amount in the catalogue's currency; nothing is stored.
        """
        with self._platform() as platform:
            return set_spending_limit(platform, text)

    def reconcile(self) -> Reconciliation:
        """Compare orders, ledger, gateway and machines; repair what has one right answer, report the rest."""
        with self._platform() as platform:
            lapse.suspend_and_end(platform)
            return reconcile.reconcile(platform)

    def confirm_payment(self, payment_id: str) -> None:
        """Confirm a payment of the sandbox gateway as its customer would at the payment's URL.

        Raises:
            RefusedError: no payment of that id waits for its customer, or the gateway is a real one.
        """
        with self._sandbox() as sandbox:
            sandbox.confirm_as_customer(payment_id)

    def receiver(self, address: tuple[str, int], tell: Callable[[str], None]) -> Receiver:
        """A server for the gateway's messages, at an address already; ``tell`` is called with what is worth reading.

        Raises:
            RefusedError: the gateway is the sandbox, which sends none.
            UnavailableError: the webhook's secret is not set.
            OSError: the address cannot be used.
        """
        with self._platform() as platform:
            if isinstance(platform.gateway, SandboxGateway):
                raise RefusedError(
                    "The sandbox gateway sends no messages",
                    "Set QUALIT_PAYMENT_GATEWAY to stripe to receive those of Stripe.",
                    attribute="payment_gateway",
                )
            from provider.platform.payments.stripe import StripeGateway
            from provider.platform.payments.stripe.receiver import Receiver

            if not isinstance(platform.gateway, StripeGateway):
                raise TypeError(f"{type(platform.gateway).__name__} has no webhook")
            return Receiver(address, platform.gateway.webhook(), tell)

    def fail_payment(self, payment_id: str) -> None:
        """Let a payment of the sandbox gateway fail its 3-D Secure.

        Raises:
            RefusedError: no payment of that id waits for its customer, or the gateway is a real one.
        """
        with self._sandbox() as sandbox:
            sandbox.fail_as_customer(payment_id)

    def dispute_payment(self, payment_id: str, outcome: Literal["won", "lost"] | None = None) -> None:
        """Do in the sandbox gateway what the customer's bank does: dispute a payment, or decide its dispute.

        Raises:
            RefusedError: no payment of that id can be disputed, or has an open dispute; or the gateway is a real one.
        """
        with self._sandbox() as sandbox:
            if outcome is None:
                sandbox.open_dispute(payment_id)
            else:
                sandbox.resolve_dispute(payment_id, outcome)

    @contextmanager
    def _sandbox(self) -> Iterator[SandboxGateway]:
        """The sandbox gateway, whose outside world can be commanded; a real one's cannot."""
        with self._platform() as platform:
            if not isinstance(platform.gateway, SandboxGateway):
                name = self._configuration.payment_gateway
                raise RefusedError(
                    "Only the customer and the bank can do this",
                    f"Payments of this home go through {name}: a customer confirms at the link that `qualit orders` "
                    f"shows, and disputes are answered at {name}. This command is for the sandbox.",
                    attribute="payment_gateway",
                )
            yield platform.gateway

    def run_on_contract(
        self, name: str, contract_id: str, settings: ServerSettings, *, timeout_seconds: float
    ) -> ServerView:
        with self._platform() as platform:
            lapse.suspend_and_end(platform)
            server_id = free_changes.run_on_contract(
                platform, name, contract_id, settings, timeout_seconds=timeout_seconds
            )
            return present_server(platform, server_id)

    def configure_server(
        self,
        server_id: str,
        settings: ServerSettings,
        *,
        os: str | None = None,
        timeout_seconds: float,
    ) -> ServerView:
        with self._platform() as platform:
            keys_wait = free_changes.configure_server(
                platform, server_id, settings, os=os, timeout_seconds=timeout_seconds
            )
            return replace(present_server(platform, server_id), keys_wait=keys_wait)

    def configure_contract(
        self,
        contract_id: str,
        *,
        payment_method: str | None = None,
        auto_renew: bool | None = None,
        term_months: int | None = None,
        max_charge: Decimal | Keep | None = KEEP,
        os: str | None = None,
    ) -> ContractView:
        with self._platform() as platform:
            free_changes.configure_contract(
                platform,
                contract_id,
                payment_method=payment_method,
                auto_renew=auto_renew,
                term_months=term_months,
                max_charge=max_charge,
                os=os,
            )
        view = self.contract(contract_id)
        if view is None:
            raise RefusedError("No such contract", f"There is no contract {contract_id}. Refresh, and plan again.")
        return view

    def end_server(self, server_id: str) -> None:
        with self._platform() as platform:
            ending.end_server(platform, server_id)

    def end_contract(self, contract_id: str) -> None:
        with self._platform() as platform:
            ending.end_contract(platform, contract_id)
