"""A contract's life against a small model: whatever happens in whatever order, it costs and has what the model says."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provider.backend.port import (
    ActionRequiredError,
    PaymentDeclinedError,
    PowerState,
    RefusedError,
    ServerSettings,
    ServerView,
)
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import ResourceType
from provider.commerce.proposal import propose
from provider.platform import ledger
from tests.life import Life, Prices
from tests.platform.catalogues import catalogue_with
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import START, Shop

OFFERS = ("vps-1", "vps-2", "vps-4", "vps-8")
"""Each is more than the one before in every characteristic."""
TYPES: tuple[ResourceType, ...] = ("disk", "vcpu", "ipv4")
STEP = {"disk": 10, "vcpu": 1, "ipv4": 1}
SUSE = "suse-enterprise-15"
SYSTEMS = {SUSE: 900}
CATALOGUES = {
    "usual": Prices({"vps-1": 399, "vps-2": 699, "vps-4": 1399, "vps-8": 2799}, SYSTEMS, {"disk": 10, "vcpu": 200}),
    "dearer": Prices({"vps-1": 477, "vps-2": 801, "vps-4": 1663, "vps-8": 2801}, SYSTEMS, {"disk": 13, "vcpu": 199}),
    "cheaper": Prices({"vps-1": 303, "vps-2": 699, "vps-4": 1111, "vps-8": 2501}, SYSTEMS, {"disk": 7, "vcpu": 201}),
    "retired": Prices({"vps-1": 399, "vps-2": 699, "vps-4": 1399, "vps-8": 2799}, SYSTEMS, {"disk": 10, "vcpu": 200}),
}
IPV4 = 100
RETIRED = ("vps-1", "vps-4")
MONTHS = st.sampled_from([1, 3, 6, 12])
PAYS = ("test-visa", "test-lost-reply", "test-5xx", "test-lost-reply-create")
METHODS = st.sampled_from([*PAYS, "test-declined", "test-3ds"])
SAVED = ("test-visa", "test-lost-reply", "test-declined", "test-3ds", "test-paypal")


def euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


class ContractLife(RuleBasedStateMachine):
    """The model: ``life`` is the contract on paper, beside it what was paid, and the terms that are free to change."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.folder = tempfile.TemporaryDirectory()
        self.host = MemoryHypervisor()
        self.patch.setattr("provider.platform.purchase.flow.RETRY_SECONDS", (0.01,))
        self.patch.setattr("provider.platform.free_changes.RETRY_SECONDS", (0.01,))
        self.patch.setattr("provider.platform.workers.work.LOOK_SECONDS", 0.02)
        self.patch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: self.host)
        self.shop = Shop(Path(self.folder.name) / "home", self.host, timeout=5)
        self.catalogue = "usual"
        self.life: Life | None = None
        self.paid = 0
        self.lost_credit = 0
        self.bought: Counter[str] = Counter()
        self._forget()

    def _forget(self) -> None:
        if self.life is not None:
            self.lost_credit += self.life.credit
        self.life = None
        self.size: dict[str, int] = {}
        self.failed: set[tuple[int, str]] = set()
        self.auto_renew, self.max_charge, self.term, self.method = True, 0, 1, "test-visa"
        self.power: PowerState = "running"
        self.is_swept = False

    def teardown(self) -> None:
        self.host.down, self.host.down_after_change, self.host.impossible = False, False, None
        self.shop.close()
        self.patch.undo()
        self.folder.cleanup()

    # -- purchases -----------------------------------------------------------------------------------------
    @initialize(offer=st.integers(0, 2), months=MONTHS, method=st.sampled_from(PAYS))
    def open(self, offer: int, months: int, method: str) -> None:
        folder = Path(self.folder.name)
        self.files = {
            "usual": None,
            "dearer": catalogue_with(
                folder,
                "dearer",
                **{"vps-1": "4.77", "vps-2": "8.01", "vps-4": "16.63", "vps-8": "28.01"},
                disk="0.13",
                vcpu="1.99",
            ),
            "cheaper": catalogue_with(
                folder, "cheaper", **{"vps-1": "3.03", "vps-4": "11.11", "vps-8": "25.01"}, disk="0.07", vcpu="2.01"
            ),
            "retired": catalogue_with(folder, "retired", **dict.fromkeys(RETIRED, "retired")),
        }
        self.shop.at(START)
        self.buy(offer, months, method)

    @precondition(lambda self: self.life is None)
    @rule(offer=st.integers(0, 2), months=MONTHS, method=st.sampled_from(PAYS))
    def buy(self, offer: int, months: int, method: str) -> None:
        change = NewContract(OFFERS[offer], "debian-12", months)
        if self.catalogue == "retired" and OFFERS[offer] in RETIRED:
            identity = self.shop.identity("web")
            refused = propose(self.shop.backend.catalogue(), identity.contract_id, None, change, self.today)
            assert isinstance(refused, tuple)
            assert refused[0].rule == "P8"
            return
        life = Life()
        amount = life.buy(self.today, months, OFFERS[offer], "debian-12", self.prices)
        self._pays(change, method, life, amount)
        if self.life is not None:
            self.method, self.term = method, months

    @precondition(lambda self: self.life is not None)
    @rule(offer=st.integers(0, 3), os=st.sampled_from(["debian-12", "debian-12", SUSE]), method=METHODS)
    def switch(self, offer: int, os: str, method: str) -> None:
        life = deepcopy(self.present)
        change = SwitchSolution(OFFERS[offer], os)
        is_dearer = self.prices.systems.get(os, 0) > self.prices.systems.get(life.os, 0)
        held = OFFERS.index(life.offer)
        if offer == held and not is_dearer:
            return
        if offer < held:
            self._is_refused(change, "C2")
        elif self._is_possible(change):
            self._pays(change, method, life, life.switch(self.today, OFFERS[offer], os, self.prices))

    @precondition(lambda self: self.life is not None)
    @rule(type_=st.sampled_from(TYPES), steps=st.integers(1, 4), method=METHODS)
    def add(self, type_: ResourceType, steps: int, method: str) -> None:
        life, quantity = deepcopy(self.present), steps * STEP[type_]
        change = SetQuantity(type_, quantity)
        held = life.quantities.get(type_, 0)
        if quantity == held:
            return
        if quantity < held:
            self._is_refused(change, "C2")
        elif self._is_possible(change):
            self._pays(change, method, life, life.add(self.today, type_, quantity, self.prices))

    @precondition(lambda self: self.life is not None)
    @rule(type_=st.sampled_from(TYPES), comes_back=st.booleans())
    def addition_on_a_bad_day_of_the_host(self, type_: ResourceType, comes_back: bool) -> None:
        """Out of reach after the payment: paid, delivered later, charged once. Impossible: given back (N3)."""
        change = SetQuantity(type_, self.present.quantities.get(type_, 0) + STEP[type_])
        if not self._is_possible(change):
            return
        if comes_back:
            life = deepcopy(self.present)
            amount = life.add(self.today, type_, change.quantity, self.prices)
            self._delivered_late(change, life, amount)
            return
        quote = self.shop.plan(change)
        with self._host_that_cannot(), pytest.raises(RefusedError, match="cannot be delivered"):
            self.shop.apply(quote)

    # -- renewals by hand ----------------------------------------------------------------------------------
    @precondition(lambda self: self.life is not None)
    @rule(months=MONTHS, method=METHODS)
    def renew(self, months: int, method: str) -> None:
        change = Renew(months)
        if self.present.ahead(self.today):
            self._is_refused(change, "P2")
            return
        life = deepcopy(self.present)
        self._pays(change, method, life, life.renew(self.today, months, self.prices))

    @precondition(lambda self: self.life is not None)
    @rule(months=MONTHS)
    def renewal_while_the_host_can_do_nothing(self, months: int) -> None:
        """It matters only to a server that is suspended, which the order does first where nobody has yet: that renewal
        is given back in full, with its credit (N3, P6)."""
        if self.present.ahead(self.today):
            return
        life, change = deepcopy(self.present), Renew(months)
        amount = life.renew(self.today, months, self.prices)
        if self.status == "active":
            with self._host_that_cannot():
                self._pays(change, "test-visa", life, amount)
            return
        quote = self.shop.plan(change)
        with self._host_that_cannot(), pytest.raises(RefusedError, match="cannot be delivered"):
            self.shop.apply(quote)
        self.is_swept = True
        self.failed.add((len(self.present.periods), "test-visa"))

    @precondition(lambda self: self.life is not None and self.status == "suspended" and self.is_swept)
    @rule(months=MONTHS, days=st.sampled_from([0, 3, 20]))
    def renewal_out_of_suspension_is_delivered_late(self, months: int, days: int) -> None:
        """Also after the grace: what is paid for does not end, and begins on the day that it was paid (L2)."""
        life = deepcopy(self.present)
        amount = life.renew(self.today, months, self.prices)
        self._delivered_late(Renew(months), life, amount, days)

    # -- by itself -----------------------------------------------------------------------------------------
    @precondition(lambda self: self.life is not None)
    @rule(
        auto_renew=st.sampled_from([True, True, False]),
        most=st.sampled_from([0, 0, 300, 2000]),
        term=MONTHS,
        method=st.sampled_from(SAVED),
    )
    def terms(self, auto_renew: bool, most: int, term: int, method: str) -> None:
        """What the next renewal will use (C6, L1): it charges nothing now."""
        self.auto_renew, self.max_charge, self.term, self.method = auto_renew, most, term, method
        self.shop.backend.configure_contract(
            self._contract_id,
            auto_renew=auto_renew,
            max_charge=euros(most) if most else None,
            term_months=term,
            payment_method=method,
        )

    @rule(how=st.sampled_from(["eve", "eve", "end", "suspension"]), confirms=st.booleans())
    def time_passes_while_a_worker_works(self, how: str, confirms: bool) -> None:
        self.time_passes(how)
        self.a_worker_works(confirms)

    @rule(confirms=st.booleans())
    def a_worker_works(self, confirms: bool) -> None:
        """It renews what is due, once with each method (L1), and suspends and ends what is not renewed (L2)."""
        self._work()
        if self._renews_itself():
            life = deepcopy(self.present)
            amount = life.renew(self.today, self.term, self.prices)
            self._renewed_itself(life, amount, confirms)
        if self.life is not None and self.status == "ended":
            self._forget()
            assert self.host.machines == {}

    def _renews_itself(self) -> bool:
        if self.life is None or not self.auto_renew or self.status == "ended":
            return False
        midnight = datetime.combine(self.life.paid_until, time(), UTC)
        life = deepcopy(self.life)
        amount = life.renew(self.today, self.term, self.prices)
        return (
            self.now >= midnight - timedelta(hours=24)
            and not 0 < self.max_charge < amount
            and (len(self.life.periods), self.method) not in self.failed
        )

    def _renewed_itself(self, life: Life, amount: int, confirms: bool) -> None:
        order = next(iter(reversed(self.shop.backend.orders())))
        assert (order.kind, order.amount) == ("renewal", euros(amount))
        if order.amount and self.method == "test-declined":
            assert order.status == "declined"
        elif order.amount and self.method == "test-3ds":
            assert order.status == "action_required"
            if self._answered(order.id, confirms):
                self._is_paid(order.id, life, amount)
                return
        else:
            self._is_paid(order.id, life, amount)
            return
        self.failed.add((len(self.present.periods), self.method))

    @precondition(lambda self: self.life is not None and self.status == "active")
    @rule(months=MONTHS, method=METHODS)
    def nobody_renews_in_time(self, months: int, method: str) -> None:
        """Switched off at its end, and renewed by hand in its grace (L2)."""
        self.terms(auto_renew=False, most=0, term=self.term, method=self.method)
        self.time_passes_while_a_worker_works("end", confirms=False)
        assert self.status == "suspended"
        self.renew(months, method)

    # -- what costs nothing --------------------------------------------------------------------------------
    @precondition(lambda self: self.life is not None and self.status == "active")
    @rule(power=st.sampled_from(["running", "off", "sleeping"]), os=st.sampled_from(["", "ubuntu-24.04"]))
    def configure(self, power: PowerState, os: str) -> None:
        server = self.shop.server()
        self.shop.backend.configure_server(
            server.id, ServerSettings(power_state=power), os=os or None, timeout_seconds=5
        )
        self.power = power
        if os:
            self.present.free_system(os, self.prices)

    @precondition(lambda self: self.life is not None and self.status == "suspended")
    @rule()
    def a_suspended_server_cannot_be_switched_on(self) -> None:
        with pytest.raises(RefusedError) as refused:
            self.shop.backend.configure_server(self.shop.server().id, ServerSettings(), timeout_seconds=5)
        assert refused.value.rule == "L2"

    @precondition(lambda self: self.life is not None and len(self.life.periods) > 2)
    @rule()
    def end(self) -> None:
        self.shop.backend.end_server(self.shop.server().id)
        assert self.shop.backend.server_named("web") is None
        self._forget()
        assert self.host.machines == {}

    # -- what happens outside ------------------------------------------------------------------------------
    @rule(how=st.sampled_from(["3 hours", "9 days", "eve", "eve", "end", "end", "suspension", "beyond"]))
    def time_passes(self, how: str) -> None:
        now = self.now
        until = datetime.combine(self.life.paid_until if self.life else self.today, time(), UTC)
        target = {
            "3 hours": now + timedelta(hours=3),
            "9 days": now + timedelta(days=9),
            "eve": until - timedelta(hours=24),
            "end": until,
            "suspension": until + timedelta(days=13, hours=23),
            "beyond": until + timedelta(days=14),
        }[how]
        self._at(max(target, now + timedelta(minutes=1)))

    @rule(catalogue=st.sampled_from(sorted(CATALOGUES)))
    def prices_change(self, catalogue: str) -> None:
        self.catalogue = catalogue
        self.shop.catalogue = self.files[catalogue]
        self.shop.reopen()

    # -- what always holds ---------------------------------------------------------------------------------
    @invariant()
    def n9_p6_the_ledger_the_gateway_and_the_model_have_the_same_cash_and_credit(self) -> None:
        with self.shop.records().read() as connection:
            cash, owed = ledger.balance(connection, "cash"), -ledger.balance(connection, "credit")
        assert cash == self.shop.charged == euros(self.paid)
        assert owed == euros(self.lost_credit + (self.life.credit if self.life else 0))

    @invariant()
    def n1_n2_every_charge_is_of_one_order_that_was_delivered_or_given_back(self) -> None:
        orders = {order.id: order for order in self.shop.backend.orders()}
        charged = Counter(intent.order_id for intent in self.shop.gateway.intents() if intent.status == "succeeded")
        paid = {id_ for id_, order in orders.items() if order.status in ("active", "refunded") and order.amount}
        assert charged == Counter(paid)
        delivered = Counter(order.kind for order in orders.values() if order.status == "active")
        assert delivered == self.bought
        assert {order.status for order in orders.values()} <= {"active", "refunded", "declined", "cancelled"}, "N3"

    @invariant()
    def n5_n7_the_contract_is_what_was_paid_for(self) -> None:
        server = self._server()
        if server is None:
            return
        contract, life = server.contract.contract, self.present
        assert (contract.solution.offer, contract.solution.os) == (life.offer, life.os)
        assert {type_: contract.quantity(type_) for type_ in TYPES} == {
            type_: life.quantities.get(type_, 0) for type_ in TYPES
        }
        assert {key: line.revision for key, line in contract.lines.items()} == life.revisions
        assert {key: line.monthly_price for key, line in contract.lines.items()} == {
            key: euros(price) for key, price in life.monthly.items()
        }
        assert (contract.term_months, contract.credit) == (self.term, euros(life.credit))

    @invariant()
    def p2_p3_p4_the_periods_and_their_bases_are_what_was_paid_for(self) -> None:
        server = self._server()
        if server is None:
            return
        contract, life = server.contract.contract, self.present
        known = [period for period in life.periods if period.end > self.today] or life.periods[-1:]
        assert [(p.start, p.end, p.months) for p in contract.periods] == [(p.start, p.end, p.months) for p in known]
        assert [period.index for period in contract.periods][-1] == len(life.periods)
        assert len([period for period in contract.periods if period.start > self.today]) <= 1, "P2"
        for key, line in contract.lines.items():
            assert list(line.bases) == [euros(period.bases.get(key, 0)) for period in known], key

    @invariant()
    def n7_the_machine_has_what_was_paid_for_and_never_shrinks(self) -> None:
        server = self._server()
        if server is None:
            return
        size = server.characteristics.model_dump()
        assert all(size[name] >= was for name, was in self.size.items())
        self.size = size
        machine = self.host.machines[server.domain_uuid or ""]
        assert all(getattr(machine, name) >= size[name] for name in size)
        assert len(server.ipv4_addresses) == size["ipv4_addresses"]

    @invariant()
    def l2_the_machine_is_off_while_nobody_pays_and_as_wished_while_somebody_does(self) -> None:
        server = self._server()
        if server is None:
            return
        power = self.host.machines[server.domain_uuid or ""].power_state
        assert server.status == self.status
        if server.status == "active":
            assert power == self.power
        elif self.is_swept:
            assert power == "off"

    # -- how -----------------------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.shop.instant)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def prices(self) -> Prices:
        prices = CATALOGUES[self.catalogue]
        return Prices(prices.offers, prices.systems, {**prices.units, "ipv4": IPV4})

    @property
    def present(self) -> Life:
        assert self.life is not None
        return self.life

    @property
    def status(self) -> str:
        return self.present.status(self.today)

    @property
    def _contract_id(self) -> str:
        return self.shop.server().contract.contract.id

    def _server(self) -> ServerView | None:
        if self.life is None:
            assert self.shop.backend.server_named("web") is None
            return None
        return self.shop.server()

    def _at(self, instant: datetime) -> None:
        """Another instant: at the end of its paid time and of its grace a contract becomes another by itself (L2)."""
        before = self.status if self.life else ""
        self.shop.at(instant.isoformat())
        if self.life is None:
            return
        self.is_swept = self.is_swept and self.status == before
        if self.status == "ended":
            self._forget()

    def _work(self) -> None:
        self.shop.work()
        self.is_swept = True

    def _pays(self, change: Change, method: str, life: Life, amount: int) -> None:
        """Buy with a method; the contract lives on as ``life`` when the method pays. A declined quote is dropped (P5),
        so that the next plan shows the prices of its own day."""
        quote = self.shop.plan(change)
        assert quote.proposal.amount == euros(amount), "P2, P3"
        self.is_swept = True
        if amount and method == "test-declined":
            with pytest.raises(PaymentDeclinedError):
                self.shop.apply(quote, method=method, allow_reinstall=True)
        elif amount and method == "test-3ds":
            with pytest.raises(ActionRequiredError) as waits:
                self.shop.apply(quote, method=method, allow_reinstall=True)
            order_id = waits.value.order_id or ""
            if self._answered(order_id, confirms=isinstance(change, Renew) and change.months > 3):
                self._is_paid(order_id, life, amount)
                return
        else:
            self._is_paid(self.shop.apply(quote, method=method, allow_reinstall=True).id, life, amount)
            return
        if isinstance(change, Renew):
            self.failed.add((len(self.present.periods), method))
        self.shop.backend.drop_quotes([quote.id])

    def _answered(self, order_id: str, confirms: bool) -> bool:
        """The customer confirms a payment, or cancels its order; whether it is paid then."""
        if not confirms:
            cancelled = self.shop.backend.cancel_order(order_id, timeout_seconds=5)
            assert cancelled.status == "cancelled"
            return False
        (waiting,) = [intent for intent in self.shop.gateway.intents() if intent.status == "action_required"]
        self.shop.gateway.confirm_as_customer(waiting.id)
        assert self.shop.backend.resume(order_id, timeout_seconds=5).status == "active"
        return True

    def _delivered_late(self, change: Change, life: Life, amount: int, days: int = 0) -> None:
        quote = self.shop.plan(change)
        assert quote.proposal.amount == euros(amount)
        self.is_swept = True
        self.host.down_after_change = True
        try:
            order = self.shop.apply(quote, allow_reinstall=True)
        finally:
            self.host.down_after_change = False
        assert order.status == "provisioning"
        if days:
            self.shop.at((self.now + timedelta(days=days)).isoformat())
        assert self.shop.backend.resume(order.id, timeout_seconds=5).status == "active"
        self._is_paid(order.id, life, amount)

    def _is_paid(self, order_id: str, life: Life, amount: int) -> None:
        order = next(order for order in self.shop.backend.orders() if order.id == order_id)
        assert (order.status, order.amount) == ("active", euros(amount))
        assert order.amount == sum((line.amount for line in order.lines), Decimal(0))
        self.bought[order.kind] += 1
        self.paid += amount
        self.life = life

    @contextmanager
    def _host_that_cannot(self) -> Iterator[None]:
        self.host.impossible = "no room"
        try:
            yield
        finally:
            self.host.impossible = None

    def _is_possible(self, change: Change) -> bool:
        """Whether a plan allows it: not beyond the server's maximum, nor on a suspended contract."""
        is_allowed = not isinstance(self._proposed(change), tuple)
        assert not is_allowed or self.status == "active", "L2"
        return is_allowed

    def _is_refused(self, change: Change, rule_: str) -> None:
        refusals = self._proposed(change)
        assert isinstance(refusals, tuple)
        assert refusals[0].rule in (rule_, "C3", "L2", "P8"), refusals

    def _proposed(self, change: Change) -> object:
        contract = self.shop.server().contract.contract
        return propose(self.shop.backend.catalogue(), contract.id, contract, change, self.today)


TestContractLife = ContractLife.TestCase
TestContractLife.settings = settings(
    max_examples=10,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
