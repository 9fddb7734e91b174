"""A customer of one home: plans, buys and looks, as the resources do, at an instant that the test chooses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import (
    ContractTerms,
    ContractView,
    Identity,
    OrderView,
    Purchase,
    Quote,
    ServerSettings,
    ServerView,
)
from provider.commerce.change import Change, NewContract, SetQuantity
from provider.commerce.contract import Contract, ResourceType
from provider.commerce.proposal import Proposal, propose
from provider.configuration import Configuration, StripeSettings
from provider.platform import ledger
from provider.platform.database.engine import Database, open_database
from provider.platform.payments.sandbox import SandboxGateway
from tests.platform.memory_hypervisor import MemoryHypervisor

START = "2026-01-31T09:00:00+00:00"


@dataclass
class Shop:
    home: Path
    host: MemoryHypervisor
    database_url: str | None = None
    catalogue: Path | None = None
    libvirt_uri: str = "qemu:///system"
    """Where the host is not in memory."""
    instant: str = START
    timeout: float = 20
    gateway_settings: StripeSettings | None = None
    """Of Stripe's façade, where the shop pays through that one."""
    outside: SandboxGateway | None = None
    """What moves the money, if it is not the home's own sandbox."""
    _opened: list[EmbeddedBackend] = field(default_factory=list)
    _records: list[Database] = field(default_factory=list)

    @property
    def backend(self) -> EmbeddedBackend:
        """The backend at the present instant; a new one is a new process on the same home."""
        if not self._opened:
            self._opened.append(self.another())
        return self._opened[0]

    def another(self) -> EmbeddedBackend:
        """What another process would open on this home now."""
        return connect(
            Configuration(
                home=self.home,
                database_url=self.database_url,
                libvirt_uri=self.libvirt_uri,
                catalogue=self.catalogue,
                test_clock=datetime.fromisoformat(self.instant),
                payment_gateway="stripe" if self.gateway_settings else "sandbox",
                stripe=self.gateway_settings or StripeSettings(),
            )
        )

    def at(self, instant: str) -> Shop:
        """Go to another instant, in another process."""
        self.close()
        self.instant = instant
        return self

    def reopen(self) -> Shop:
        return self.at(self.instant)

    def close(self) -> None:
        for backend in self._opened:
            backend.close()
        for records in self._records:
            records.close()
        self._opened.clear()
        self._records.clear()

    def identity(self, name: str) -> Identity:
        return self.backend.identity("vps", name)

    def server(self, name: str = "web") -> ServerView:
        view = self.backend.server_named(name)
        assert view is not None, f"there is no server {name}"
        return view

    def order_contract(self, name: str = "stock") -> ContractView:
        view = self.backend.contract_named(name)
        assert view is not None, f"there is no contract {name}"
        return view

    def propose(self, contract_id: str, contract: Contract | None, change: Change) -> Proposal:
        proposal = propose(self.backend.catalogue(), contract_id, contract, change, self.backend.now().date())
        assert isinstance(proposal, Proposal), proposal
        return proposal

    def plan(self, change: Change, name: str = "web") -> Quote:
        """Hold the price of a change of a server, or of a new one."""
        if isinstance(change, NewContract):
            contract_id, contract = self.identity(name).contract_id, None
        else:
            server = self.backend.server_named(name)
            view = server.contract if server else self.order_contract(name)
            contract_id, contract = view.contract.id, view.contract
        return self.backend.hold_quote(self.propose(contract_id, contract, change))

    def apply(
        self,
        quote: Quote,
        *,
        name: str = "web",
        method: str = "test-visa",
        settings: ServerSettings | None = None,
        allow_reinstall: bool = False,
        allow_restart: bool | None = None,
        backend: EmbeddedBackend | None = None,
        timeout: float | None = None,
    ) -> OrderView:
        new = isinstance(quote.proposal.change, NewContract)
        return (backend or self.backend).order(
            Purchase(
                quote_id=quote.id,
                payment_method=method,
                terms=ContractTerms("vps", name, auto_renew=True) if new else None,
                settings=(settings or ServerSettings()) if new else None,
                allow_reinstall=allow_reinstall,
                allow_restart=allow_restart,
            ),
            timeout_seconds=self.timeout if timeout is None else timeout,
        )

    def buy(
        self, offer: str = "vps-2", os: str = "debian-12", months: int = 1, name: str = "web", **how: object
    ) -> ServerView:
        """Buy a server and have it delivered."""
        self.apply(self.plan(NewContract(offer, os, months), name), name=name, **how)  # type: ignore[arg-type]
        return self.server(name)

    def add(self, type_: ResourceType, quantity: int, name: str = "web") -> OrderView:
        return self.apply(self.plan(SetQuantity(type_, quantity), name), name=name)

    def buy_contract(self, name: str = "stock", offer: str = "vps-2") -> ContractView:
        """Buy a contract with an Order of its own."""
        identity = self.backend.identity("order", name)
        quote = self.backend.hold_quote(self.propose(identity.contract_id, None, NewContract(offer, "debian-12", 1)))
        terms = ContractTerms("order", name, auto_renew=True)
        self.backend.order(Purchase(quote.id, "test-visa", terms), timeout_seconds=self.timeout)
        return self.order_contract(name)

    def work(self) -> None:
        """What a worker does until nothing is left that could go on soon."""
        self.backend.work(until_idle=True, report=lambda _order: None, stop=threading.Event())

    @property
    def gateway(self) -> SandboxGateway:
        return self.outside or SandboxGateway(self.home)

    @property
    def charged(self) -> Decimal:
        """What the gateway has taken, and neither given back nor lost to a bank."""
        return sum((intent.kept.amount for intent in self.gateway.intents()), Decimal("0.00"))

    def records(self) -> Database:
        """The records beside the backend; closed with the shop at the latest."""
        self._records.append(open_database(self.home, self.database_url))
        return self._records[-1]

    def cash(self) -> Decimal:
        """The ledger's cash account."""
        with self.records().read() as connection:
            return ledger.balance(connection, "cash")

    def recover(self) -> None:
        """Finish what was interrupted while it was paid, as the next apply would."""
        for order in self.backend.orders():
            if order.status in ("paying", "refunding"):
                self.backend.resume(order.id, timeout_seconds=self.timeout)
