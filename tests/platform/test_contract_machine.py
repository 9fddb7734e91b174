"""A contract's life against a small model: whatever happens in whatever order, it costs and has what the model says."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provider.backend.port import (
    ActionRequiredError,
    OrderView,
    PaymentDeclinedError,
    RefusedError,
    ServerView,
    UnavailableError,
)
from provider.commerce.change import Change, NewContract, SetQuantity, SwitchSolution
from provider.commerce.contract import LineKey, ResourceType
from provider.commerce.proposal import propose
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import START, Shop

OFFERS = ("vps-1", "vps-2", "vps-4", "vps-8")
"""Each is more than the one before in every characteristic."""
TYPES: tuple[ResourceType, ...] = ("disk", "vcpu")
STEP = {"disk": 10, "vcpu": 1}
NOTHING = Decimal("0.00")


class ContractLife(RuleBasedStateMachine):
    """The model: what was paid, how often each line was, and what the contract has."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.folder = tempfile.TemporaryDirectory()
        self.host = MemoryHypervisor()
        self.patch.setattr("provider.platform.purchase.flow.RETRY_SECONDS", (0.01,))
        self.patch.setattr("provider.platform.free_changes.RETRY_SECONDS", (0.01,))
        self.patch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: self.host)
        self.shop = Shop(Path(self.folder.name) / "home", self.host, timeout=5)
        self._living = False
        self._forget()
        self.paid = NOTHING

    def _forget(self) -> None:
        self.offer = -1
        self.quantities: dict[ResourceType, int] = dict.fromkeys(TYPES, 0)
        self.revisions: dict[LineKey, int] = {"solution": 0, "disk": 0, "vcpu": 0}
        self.size: dict[str, int] = {}

    def teardown(self) -> None:
        self.host.down, self.host.impossible = False, None
        self.shop.close()
        self.patch.undo()
        self.folder.cleanup()

    # -- what happens --------------------------------------------------------------------------------------
    @initialize()
    def open(self) -> None:
        self.shop.at(START)

    @precondition(lambda self: not self._living)
    @rule(offer=st.integers(0, 2), method=st.sampled_from(["test-visa", "test-lost-reply", "test-5xx"]))
    def buy(self, offer: int, method: str) -> None:
        order = self._bought(NewContract(OFFERS[offer], "debian-12", 1), method)
        if order is not None:
            self._living, self.offer = True, offer
            self.revisions["solution"] = 1

    @precondition(lambda self: self._living)
    @rule(offer=st.integers(0, 3), method=st.sampled_from(["test-visa", "test-declined", "test-lost-reply"]))
    def switch(self, offer: int, method: str) -> None:
        change = SwitchSolution(OFFERS[offer], "debian-12")
        if offer == self.offer:
            return
        if offer < self.offer:
            self._is_refused(change, "C2")
        elif self._is_possible(change) and self._bought(change, method) is not None:
            self.offer = offer
            self.revisions["solution"] += 1

    @precondition(lambda self: self._living)
    @rule(type_=st.sampled_from(TYPES), steps=st.integers(1, 4), method=st.sampled_from(["test-visa", "test-declined"]))
    def add(self, type_: ResourceType, steps: int, method: str) -> None:
        quantity = steps * STEP[type_]
        change = SetQuantity(type_, quantity)
        if quantity == self.quantities[type_]:
            return
        if quantity < self.quantities[type_]:
            self._is_refused(change, "C2")
        elif self._is_possible(change) and self._bought(change, method) is not None:
            self.quantities[type_] = quantity
            self.revisions[type_] += 1

    @precondition(lambda self: self._living)
    @rule(type_=st.sampled_from(TYPES))
    def cancel_instead_of_confirming(self, type_: ResourceType) -> None:
        change = SetQuantity(type_, self.quantities[type_] + STEP[type_])
        if not self._is_possible(change):
            return
        with pytest.raises(ActionRequiredError) as waits:
            self.shop.apply(self.shop.plan(change), method="test-3ds")
        assert waits.value.order_id is not None
        cancelled = self.shop.backend.cancel_order(waits.value.order_id, timeout_seconds=5)
        assert cancelled.status == "cancelled"

    @precondition(lambda self: self._living)
    @rule(type_=st.sampled_from(TYPES))
    def addition_that_no_host_can_deliver(self, type_: ResourceType) -> None:
        change = SetQuantity(type_, self.quantities[type_] + STEP[type_])
        if not self._is_possible(change):
            return
        quote = self.shop.plan(change)
        self.host.impossible = "no room"
        try:
            with pytest.raises(RefusedError, match="cannot be delivered"):
                self.shop.apply(quote)
        finally:
            self.host.impossible = None

    @precondition(lambda self: self._living)
    @rule(type_=st.sampled_from(TYPES))
    def host_is_down_and_comes_back(self, type_: ResourceType) -> None:
        """Out of reach after the payment: paid, delivered later, charged once."""
        quantity = self.quantities[type_] + STEP[type_]
        change = SetQuantity(type_, quantity)
        if not self._is_possible(change):
            return
        quote = self.shop.plan(change)
        self.host.down_after_change = True
        try:
            order = self.shop.apply(quote)
        finally:
            self.host.down_after_change = False
        assert order.status == "provisioning"
        assert self.shop.backend.resume(order.id, timeout_seconds=5).status == "active"
        self.paid += order.amount
        self.quantities[type_] = quantity
        self.revisions[type_] += 1

    @rule(hours=st.sampled_from([3, 24, 24 * 9]))
    def time_passes(self, hours: int) -> None:
        self.shop.at((datetime.fromisoformat(self.shop.instant) + timedelta(hours=hours)).isoformat())

    @precondition(lambda self: self._living)
    @rule()
    def the_period_and_the_grace_pass(self) -> None:
        """Not renewed, the contract is suspended, and then it ends (L2)."""
        self.time_passes(24 * 60)
        self._lapse()
        assert self.shop.backend.server_named("web") is None
        self._living = False
        self._forget()

    @precondition(lambda self: self._living)
    @rule()
    def end(self) -> None:
        self.shop.backend.end_server(self.shop.server().id)
        assert self.shop.backend.server_named("web") is None
        self._living = False
        self._forget()

    # -- what always holds ---------------------------------------------------------------------------------
    @invariant()
    def n9_the_ledger_the_gateway_and_the_model_have_the_same_cash(self) -> None:
        assert self.shop.cash() == self.shop.charged == self.paid

    @invariant()
    def n7_the_contract_has_what_was_paid_for_and_never_shrinks(self) -> None:
        server = self._server()
        if server is None:
            return
        contract, size = server.contract.contract, server.characteristics.model_dump()
        assert contract.solution.offer == OFFERS[self.offer]
        assert {type_: contract.quantity(type_) for type_ in TYPES} == self.quantities
        assert {line: contract.revision(line) for line in self.revisions} == self.revisions
        assert all(size[name] >= was for name, was in self.size.items())
        self.size = size
        machine = self.host.machines[server.domain_uuid or ""]
        assert all(getattr(machine, name) >= size[name] for name in ("vcpus", "memory_gib", "disk_gib"))

    @invariant()
    def n3_no_order_is_left_open(self) -> None:
        assert {order.status for order in self.shop.backend.orders()} <= {
            "active",
            "refunded",
            "declined",
            "cancelled",
        }

    # -- how -----------------------------------------------------------------------------------------------
    def _server(self) -> ServerView | None:
        return self.shop.backend.server_named("web") if self._living else None

    def _bought(self, change: Change, method: str) -> OrderView | None:
        """The order, once it is delivered; None when the payment was declined."""
        quote = self.shop.plan(change)
        if method == "test-declined":
            with pytest.raises(PaymentDeclinedError):
                self.shop.apply(quote, method=method)
            return None
        order = self.shop.apply(quote, method=method)
        assert order.status == "active"
        self.paid += order.amount
        return order

    def _is_possible(self, change: Change) -> bool:
        """Whether a plan allows it: not beyond the server's maximum, nor on a suspended contract."""
        return not isinstance(self._proposed(change), tuple)

    def _is_refused(self, change: Change, rule_: str) -> None:
        refusals = self._proposed(change)
        assert isinstance(refusals, tuple)
        assert refusals[0].rule in (rule_, "C3", "L2"), refusals

    def _proposed(self, change: Change) -> object:
        contract = self.shop.server().contract.contract
        today = self.shop.backend.now().date()
        return propose(self.shop.backend.catalogue(), contract.id, contract, change, today)

    def _lapse(self) -> None:
        """What a worker does when time has passed."""
        with suppress(UnavailableError, RefusedError):
            self.shop.apply(self.shop.plan(NewContract("vps-1", "debian-12", 1), "other"), name="other", method="none")


TestContractLife = ContractLife.TestCase
TestContractLife.settings = settings(
    max_examples=10,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
