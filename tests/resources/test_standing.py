"""What every plan says of how a contract stands, and what a suspended server still takes (L1, L2, L3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import ActionRequiredError, Purchase
from provider.commerce.change import Renew
from provider.commerce.proposal import Proposal, propose
from provider.configuration import Configuration
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from provider.resources.reminders import reminders
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.terraform.host import AnswerError, Host, State

START = "2026-01-31T09:00:00Z"
FAR = "2026-02-13T23:00:00Z"
NEAR = "2026-02-14T00:00:00Z"
"""14 days before the end of a month that was bought on 31 January."""
LAST_DAY = "2026-02-27T00:00:00Z"
SUSPENDED = "2026-02-28T00:00:00Z"
ENDED = "2026-03-14T00:00:00Z"
OTHERWISE = "otherwise the machine is switched off then, and deleted with its disk on 2026-03-14."


class Life:
    """A host whose provider is configured anew at each instant."""

    def __init__(self, host: Host, home: Path) -> None:
        self.host, self._home = host, home
        self.at(START)

    def at(self, instant: str) -> Life:
        self._instant = instant
        self.host.configure(home=str(self._home), test_clock=instant, payment_method="test-visa")
        return self

    @contextmanager
    def backend(self) -> Iterator[EmbeddedBackend]:
        opened = connect(Configuration(self._home, test_clock=datetime.fromisoformat(self._instant)))
        yield opened
        opened.close()

    def work(self) -> None:
        with self.backend() as backend:
            backend.work(until_idle=True, report=lambda _order: None, stop=threading.Event())

    def said(self, state: State, type_name: str = "qualit_vps") -> list[tuple[str, str]]:
        """What a refresh says; it comes before every plan."""
        answer = self.host.call(
            "ReadResource",
            type_name=type_name,
            current_state=self.host.out(type_name, state.values),
            private=state.private,
        )
        return [(one.summary, one.detail) for one in answer.diagnostics]

    def read(self, state: State) -> State:
        return self.host.refresh("qualit_vps", state)

    def change(self, state: State, **attributes: object) -> State:
        return self.host.apply("qualit_vps", self.host.plan("qualit_vps", web(self.host, **attributes), state))


def web(host: Host, **attributes: object) -> dict[str, object]:
    return host.config("qualit_vps", **{"name": "web", "offer": "vps-2", **attributes})


@pytest.fixture
def life(host: Host, home: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    machines = MemoryHypervisor()
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: machines)
    return Life(host, home.with_name("standing"))


def test_l1_a_contract_that_renews_itself_is_not_warned_of_until_it_is_due(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host))
    assert life.at("2026-02-26T23:59:59Z").said(state) == []
    assert life.at(LAST_DAY).said(state) == [
        (
            "The contract of web ends soon (rule L1)",
            "web is paid until 2026-02-28, 1 day from now. Its renewal is due, and a worker makes it: run "
            f"`qualit work`; {OTHERWISE}",
        )
    ]
    life.work()
    assert life.said(state) == []


def test_l1_without_auto_renew_it_is_reminded_from_fourteen_days_before_the_end(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, auto_renew=False))
    assert life.at(FAR).said(state) == []
    assert life.at(NEAR).said(state) == [
        (
            "The contract of web ends soon (rule L1)",
            "web is paid until 2026-02-28, 14 days from now, and does not renew itself. Write auto_renew = true, or "
            f"renew it before that day: qualit renew web; {OTHERWISE}",
        )
    ]


def test_l1_a_max_charge_below_the_renewal_is_warned_of_until_it_is_raised(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, max_charge="6.99"))
    state = life.change(state, max_charge="6.98")
    assert life.at(FAR).said(state) == []
    assert life.at(NEAR).said(state) == [
        (
            "The contract of web ends soon (rule L1)",
            "web is paid until 2026-02-28, 14 days from now, and will not renew itself. The renewal charges 6.99 EUR, "
            'and max_charge allows 6.98. Raise max_charge to at least "6.99". Or renew it by hand before that day: '
            f"qualit renew web; {OTHERWISE}",
        )
    ]
    assert life.said(life.change(state, max_charge="6.99")) == []
    assert life.said(life.change(state)) == [], "without a max_charge nothing bounds it"


def test_l1_a_declined_renewal_is_warned_of_with_its_reason_until_another_method_is_written(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host))
    state = life.change(state, payment_method="test-insufficient-funds")
    assert life.at(NEAR).said(state) == [], "nobody knows yet"
    life.at(LAST_DAY).work()
    ((summary, detail),) = life.said(state)
    assert summary == "The contract of web ends soon (rule L1)"
    assert "failed. The payment was declined: the account has insufficient funds" in detail
    assert detail.count("declined") == 1
    assert "Write another payment_method, and a worker tries again. Or renew it by hand" in detail
    state = life.change(state, payment_method="test-amex")
    assert "Its renewal is due, and a worker makes it" in life.said(state)[0][1]
    life.work()
    assert life.said(state) == []


@pytest.mark.parametrize(("expires_on", "is_warned"), [(date(2026, 2, 27), True), (date(2026, 2, 28), False)])
def test_l1_s5_a_card_that_expires_before_the_renewal_is_warned_of_in_time(
    life: Life, monkeypatch: pytest.MonkeyPatch, expires_on: date, is_warned: bool
) -> None:
    state = life.host.create("qualit_vps", **web(life.host))
    saved = [replace(METHODS[0], expires_on=expires_on), *METHODS[1:]]
    monkeypatch.setattr(SandboxGateway, "methods", lambda _self: saved)
    assert life.at(FAR).said(state) == []
    said = life.at(NEAR).said(state)
    assert (
        said
        == [
            (
                "The contract of web ends soon (rule L1)",
                "web is paid until 2026-02-28, 14 days from now, and will not renew itself. The payment method "
                "test-visa can be used until 2026-02-26, and the renewal is due on 2026-02-27. Save its successor with "
                "`qualit payment-methods add`, and write that as payment_method. Or renew it by hand before that day: "
                f"qualit renew web; {OTHERWISE}",
            )
        ]
        * is_warned
    )


@pytest.mark.parametrize(("instant", "auto_renew"), [(LAST_DAY, True), (NEAR, False), (SUSPENDED, False)])
def test_l4_a_renewal_that_waits_for_its_customer_is_told_with_its_url_whoever_ordered_it(
    life: Life, instant: str, auto_renew: bool
) -> None:
    state = life.host.create("qualit_vps", **web(life.host, auto_renew=auto_renew))
    life.at(instant)
    with life.backend() as backend:
        view = backend.contracts()[0]
        proposal = propose(backend.catalogue(), view.contract.id, view.contract, Renew(1), backend.now().date())
        assert isinstance(proposal, Proposal)
        with pytest.raises(ActionRequiredError) as waiting:
            backend.order(Purchase(backend.hold_quote(proposal).id, "test-3ds"), timeout_seconds=10)
    ((_, detail),) = life.said(state)
    assert f"waits for you to confirm the payment at {waiting.value.url}" in detail
    assert f"qualit orders cancel {waiting.value.order_id}" in detail
    assert "qualit renew" not in detail, "a second renewal would be refused"


def test_l2_a_suspended_server_stays_with_a_warning_and_nothing_to_do(life: Life) -> None:
    config = {"auto_renew": False, "power_state": "running"}
    state = life.host.create("qualit_vps", **web(life.host, **config))
    life.at(SUSPENDED).work()
    assert life.said(state) == [
        (
            "The contract of web is suspended (rule L2)",
            "web was paid until 2026-02-28 and not renewed. The machine is off and its disk is kept until 2026-03-14; "
            "then both are deleted. Renew it before that: qualit renew web",
        )
    ]
    state = life.read(state)
    assert state.values is not None
    assert state.values["status"] == "suspended"
    assert life.host.plan("qualit_vps", web(life.host, **config), state).planned == state.values


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("offer", "vps-4"),
        ("os", "ubuntu-24.04"),
        ("power_state", "off"),
        ("hostname", "shop"),
        ("labels", {"team": "shop"}),
        ("deletion_protection", True),
    ],
)
def test_l2_a_suspended_server_is_not_changed_and_a_plan_says_so(life: Life, attribute: str, value: object) -> None:
    state = life.host.create("qualit_vps", **web(life.host, auto_renew=False))
    state = life.at(SUSPENDED).read(state)
    with pytest.raises(AnswerError, match=r"Suspended contract \(rule L2\).*Renew it first: qualit renew") as refused:
        life.host.plan("qualit_vps", web(life.host, allow_reinstall=True, **{attribute: value}), state)
    (error,) = refused.value.errors
    assert [step.attribute_name for step in error.attribute.steps] == [attribute]


def test_n2_l8_a_disputed_server_is_not_changed_and_a_plan_says_so(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, payment_method="test-disputed"))
    life.work()
    state = life.read(state)
    with pytest.raises(AnswerError, match=r"Disputed payment \(rule N2\)") as refused:
        life.host.plan("qualit_vps", web(life.host, power_state="off"), state)
    (error,) = refused.value.errors
    assert [step.attribute_name for step in error.attribute.steps] == ["power_state"]
    assert life.host.plan("qualit_vps", web(life.host, labels={"team": "shop"}), state).warnings == []


def test_l2_how_a_suspended_server_renews_can_be_changed_and_a_worker_brings_it_back(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, auto_renew=False))
    life.at(SUSPENDED).work()
    state = life.read(state)
    wanted = {"auto_renew": True, "term_months": 3, "payment_method": "test-paypal", "max_charge": "20.97"}
    state = life.change(state, **wanted)
    assert "No worker has renewed it: run `qualit work`" in life.said(state)[0][1]
    life.work()
    assert life.said(state) == []
    state = life.read(state)
    assert state.values is not None
    assert (state.values["status"], state.values["paid_until"]) == ("active", "2026-05-31")


def test_l3_an_ended_server_is_gone_with_what_that_means(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, auto_renew=False))
    assert life.at(ENDED).said(state) == [
        (
            "The server web has ended (rule L3)",
            "The contract of web ended; the machine and its disk are deleted. While it is declared, this plan buys a "
            "new, empty server of that name.",
        )
    ]
    with pytest.raises(AnswerError, match=r"rule L3.*Plan again with a refresh"):
        life.host.plan("qualit_vps", web(life.host, offer="vps-4"), state)


def test_l5_the_contract_of_an_order_is_warned_of_there_and_on_its_server_which_may_be_declared_elsewhere(
    life: Life,
) -> None:
    order = life.host.create("qualit_order", name="stock", offer="vps-2", auto_renew=False)
    assert order.values is not None
    server = life.host.create("qualit_vps", name="web", order_id=order.values["id"])
    life.at(NEAR)
    said = life.said(order, "qualit_order")
    assert life.said(server) == said
    with life.backend() as backend:
        for kind, state in (("order", order), ("vps", server)):
            told = reminders(kind, state.values or {}, backend)
            assert [(one.summary, one.detail) for one in told] == said, "Pulumi reads nothing before it plans"
    ((summary, detail),) = said
    assert summary == "The contract of stock ends soon (rule L1)"
    assert "qualit renew stock" in detail
