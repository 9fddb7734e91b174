"""L8, N2 and N9: what a dispute of a payment makes of an order, its server and the ledger."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provider.backend.port import ActionRequiredError, PowerState, RefusedError, ServerSettings, UnavailableError
from provider.commerce.change import NewContract, Renew, SetQuantity
from provider.commerce.policy import Refusal
from provider.commerce.proposal import Proposal, propose
from provider.platform import ledger
from provider.platform.locks import contract_lock
from provider.platform.payments.port import GatewayRefusedError, Intent
from tests.platform.cash import kinds, payment, refund_by_hand
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)
PRICE = Decimal("6.99")
ZERO = Decimal("0.00")


def dispute(shop: Shop, number: int = 0) -> Intent:
    """The customer's bank disputes a payment, and a worker hears of it."""
    shop.gateway.open_dispute(payment(shop, number).id)
    shop.work()
    return payment(shop, number)


def decide(shop: Shop, outcome: Literal["won", "lost"], number: int = 0) -> None:
    shop.gateway.resolve_dispute(payment(shop, number).id, outcome)
    shop.work()


def power(shop: Shop) -> str:
    (machine,) = shop.host.machines.values()
    return machine.power_state


def refusals(shop: Shop, change: SetQuantity | Renew) -> tuple[Refusal, ...]:
    contract = shop.server().contract.contract
    refused = propose(shop.backend.catalogue(), contract.id, contract, change, shop.backend.now().date())
    assert isinstance(refused, tuple)
    return refused


def refused_with_n2(work: object) -> str:
    with pytest.raises(RefusedError) as raised:
        work()  # type: ignore[operator]
    assert raised.value.rule == "N2"
    return raised.value.detail


# -- disputed --------------------------------------------------------------------------------------------------
def test_n2_a_disputed_payment_suspends_the_server(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    dispute(shop)
    server = shop.server()
    assert server.status == server.contract.status == "suspended"
    assert (power(shop), server.settings.power_state) == ("off", "running")
    assert [view.dispute for view in shop.backend.payments()] == ["open"]
    assert kinds(shop) == [("charge", PRICE)], "until it is lost the money is there"
    assert not shop.backend.reconcile().unexplained


def test_n2_while_disputed_nothing_is_ordered_and_the_refusal_says_what_to_do(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    quotes = [shop.plan(change) for change in (SetQuantity("disk", 50), Renew(1))]
    intent = dispute(shop)
    for change in (SetQuantity("disk", 60), Renew(3)):
        (refusal,) = refusals(shop, change)
        assert refusal.rule == "N2"
        for words in (intent.id, intent.order_id, "6.99 EUR", "2026-01-31", shop.backend.account().contact):
            assert words in refusal.detail
    for quote in quotes:
        refused_with_n2(lambda quote=quote: shop.apply(quote))
    assert shop.charged == PRICE


def test_n2_an_order_asks_the_bank_before_any_worker_has_heard_of_it(shop: Shop) -> None:
    shop.buy()
    quote = shop.plan(SetQuantity("disk", 50))
    shop.gateway.open_dispute(payment(shop).id)
    refused_with_n2(lambda: shop.apply(quote))
    assert (shop.server().status, power(shop), shop.charged) == ("suspended", "off", PRICE)


def test_n2_what_touches_the_machine_is_refused_and_what_only_stands_in_the_records_is_not(shop: Shop) -> None:
    server = shop.buy(settings=ServerSettings(deletion_protection=True))
    dispute(shop)
    for changed in (
        replace(server.settings, power_state="sleeping"),
        replace(server.settings, hostname="other"),
        replace(server.settings, ssh_keys=("ssh-ed25519 AAAA me",)),
    ):
        refused_with_n2(lambda changed=changed: shop.backend.configure_server(server.id, changed, timeout_seconds=5))
    refused_with_n2(
        lambda: shop.backend.configure_server(server.id, server.settings, os="ubuntu-24.04", timeout_seconds=5)
    )
    free = replace(server.settings, deletion_protection=False, labels={"case": "17"})
    assert shop.backend.configure_server(server.id, free, timeout_seconds=5).settings == free
    shop.backend.configure_contract(server.contract.contract.id, payment_method="test-paypal")
    assert power(shop) == "off"
    shop.backend.end_server(server.id)
    assert not shop.host.machines


def test_n2_no_server_is_put_on_a_disputed_contract(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    dispute(shop)
    assert shop.order_contract().status == "suspended"
    refused_with_n2(lambda: shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5))
    decide(shop, "won")
    assert shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5).status == "active"


def test_l8_a_plan_warns_with_the_payment_the_amount_and_the_contact(shop: Shop) -> None:
    from provider.resources.standing import standing

    shop.buy()
    intent = dispute(shop)
    (warning,) = standing(shop.server().contract, shop.backend)
    assert warning.severity == "warning"
    for words in (intent.id, intent.order_id, "6.99 EUR", "suspended", shop.backend.account().contact):
        assert words in warning.detail
    decide(shop, "lost")
    (warning,) = standing(shop.server().contract, shop.backend)
    for words in ("took 6.99 EUR back", "deleted on 2026-02-14", shop.backend.account().contact):
        assert words in warning.detail


def test_l8_an_unpaid_order_of_a_disputed_server_is_withdrawn(shop: Shop) -> None:
    shop.buy()
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(SetQuantity("disk", 50)), method="test-3ds")
    dispute(shop)
    _, addition = shop.backend.orders()
    assert (addition.status, payment(shop, 1).status) == ("cancelled", "cancelled")
    assert "disputes" in (addition.failure or "")


def test_l8_the_dispute_of_an_addition_suspends_the_server_too(shop: Shop) -> None:
    shop.buy()
    shop.add("disk", 50)
    dispute(shop, 1)
    assert shop.server().status == "suspended"
    dispute(shop)
    decide(shop, "won", 1)
    assert (shop.server().status, power(shop)) == ("suspended", "off"), "the other one is still open"
    decide(shop, "won")
    assert (shop.server().status, power(shop)) == ("active", "running")


def test_l8_a_busy_contract_is_heard_of_later(shop: Shop) -> None:
    server = shop.buy()
    shop.gateway.open_dispute(payment(shop).id)
    over = threading.Event()
    with closing(shop.another()) as other:
        worker = threading.Thread(
            target=lambda: other.work(until_idle=False, report=lambda _order: None, stop=over, found=lambda _: None)
        )
        with contract_lock(shop.home, server.contract.contract.id, seconds=5):
            worker.start()
            over.wait(1.5)
            assert power(shop) == "running"
        for _ in range(100):
            if power(shop) == "off":
                break
            over.wait(0.1)
        over.set()
        worker.join()
    assert power(shop) == "off"


def test_l8_an_order_that_is_disputed_while_it_is_delivered_is_delivered_switched_off(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    order = shop.apply(quote)
    shop.gateway.open_dispute(payment(shop).id)
    assert not shop.backend.reconcile().unexplained
    shop.host.down_after_change = False
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert (shop.server().status, power(shop)) == ("suspended", "off")
    decide(shop, "won")
    assert (shop.server().status, power(shop)) == ("active", "running")


def test_l8_a_disputed_order_that_cannot_be_delivered_is_refunded_and_the_server_is_as_before(shop: Shop) -> None:
    """What was not delivered is owed to its customer, whatever a bank says, so it suspends nothing."""
    shop.buy()
    quote = shop.plan(SetQuantity("memory", 4))
    shop.host.impossible = "no room"
    with pytest.raises(UnavailableError, match="bank's decision"):
        shop.apply(quote, method="test-disputed")
    shop.host.impossible = None
    shop.backend.reconcile()
    assert (shop.server().status, power(shop)) == ("active", "running")
    decide(shop, "lost", 1)  # A worker that hears of it goes on with the refund at once.
    assert [order.status for order in shop.backend.orders()] == ["active", "refunded"]
    assert (shop.server().status, shop.cash()) == ("active", PRICE)


def test_l8_a_host_that_is_down_does_not_keep_the_records_from_knowing(shop: Shop) -> None:
    shop.buy()
    shop.gateway.open_dispute(payment(shop).id)
    shop.host.down = True
    report = shop.backend.reconcile()
    assert [finding.code for finding in report.unexplained] == ["dispute-open"]
    assert shop.server().status == "suspended"
    shop.host.down = False
    assert power(shop) == "running"
    shop.backend.reconcile()
    assert power(shop) == "off"


# -- decided ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wished", ["running", "sleeping", "off"])
def test_l8_a_won_dispute_brings_the_machine_back_as_its_customer_had_it(shop: Shop, wished: PowerState) -> None:
    server = shop.buy()
    shop.backend.configure_server(server.id, replace(server.settings, power_state=wished), timeout_seconds=5)
    dispute(shop)
    decide(shop, "won")
    assert (shop.server().status, power(shop)) == ("active", wished)
    assert shop.add("disk", 50).status == "active"
    assert not [f for f in shop.backend.reconcile().information if f.code.startswith("dispute")]


def test_n9_a_lost_dispute_stands_in_the_ledger_and_the_server_ends_after_its_grace(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy(months=3)
    dispute(shop)
    shop.at("2026-02-10T12:00:00+00:00")
    decide(shop, "lost")
    assert kinds(shop) == [("charge", 3 * PRICE), ("dispute", -3 * PRICE)]
    assert shop.gateway.cash() == {"EUR": shop.cash()} == {"EUR": ZERO}
    with shop.records().read() as connection:
        assert ledger.balance(connection, "disputes") == 3 * PRICE
    report = shop.backend.reconcile()
    assert not report.unexplained
    assert [finding.code for finding in report.information] == ["dispute-lost"]
    shop.at("2026-02-23T23:59:59+00:00").work()
    assert (shop.server().status, power(shop)) == ("suspended", "off")
    assert "2026-02-24" in refusals(shop, SetQuantity("disk", 50))[0].detail
    shop.at("2026-02-24T00:00:00+00:00").work()
    assert shop.backend.server(server.id) is None
    assert not shop.host.machines
    assert shop.identity("web").generation == 1
    assert not shop.backend.reconcile().unexplained


def test_l8_nothing_ends_while_a_bank_decides_and_then_a_worker_renews(shop: Shop) -> None:
    shop.buy()
    dispute(shop)
    shop.at("2026-04-01T09:00:00+00:00").work()
    assert (shop.server().status, len(shop.backend.orders())) == ("suspended", 1)
    decide(shop, "won")
    assert (shop.server().status, power(shop)) == ("active", "running")
    assert shop.server().contract.contract.paid_until == date(2026, 5, 1), "L2: from the day that it is paid"


def test_l1_l8_a_renewal_that_a_dispute_withdrew_is_made_once_the_bank_has_decided(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, payment_method="test-3ds")
    shop.at("2026-02-27T01:00:00+00:00").work()
    dispute(shop)
    assert [order.status for order in shop.backend.orders()] == ["active", "cancelled"]
    assert shop.server().contract.failed_renewal is None, "nobody tried to pay it, so nothing failed"
    decide(shop, "won")
    assert [order.status for order in shop.backend.orders()] == ["active", "cancelled", "action_required"]


def test_l8_without_renewal_the_grace_counts_from_the_banks_decision(shop: Shop) -> None:
    server = shop.buy()
    shop.backend.configure_contract(server.contract.contract.id, auto_renew=False)
    dispute(shop)
    shop.at("2026-04-01T09:00:00+00:00")
    decide(shop, "won")
    shop.at("2026-04-14T23:00:00+00:00").work()
    assert shop.server().status == "suspended"
    assert shop.apply(shop.plan(Renew(1))).status == "active"
    assert (shop.server().status, power(shop)) == ("active", "running")


STEPS = (
    "provider.platform.disputes._withdraw_unpaid",
    "provider.platform.ledger.record_lost_dispute",
    "provider.platform.records.disputes.note",
    "provider.platform.lapse.bring_about",
    "tests.platform.memory_hypervisor.MemoryHypervisor.set_power",
    "provider.platform.records.contracts.set_status",
    "provider.platform.ending.delete_machine",
    "provider.platform.lapse.record_end",
)


@pytest.mark.parametrize("step", STEPS)
def test_n9_noticing_a_lost_dispute_that_is_cut_off_anywhere_is_finished_by_the_next(
    shop: Shop, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy(months=3)

    for advance in (
        lambda: shop.gateway.open_dispute(payment(shop).id),
        lambda: shop.gateway.resolve_dispute(payment(shop).id, "lost"),
        lambda: shop.at("2026-02-14T09:00:00+00:00"),
    ):
        advance()
        with monkeypatch.context() as killed:
            killed.setattr(step, _cut_off)
            with suppress(KeyboardInterrupt):
                shop.backend.reconcile()
        shop.reopen().backend.reconcile()
        assert shop.cash() == shop.charged
        if shop.host.machines:
            assert (shop.server().status, power(shop)) == ("suspended", "off")
    assert kinds(shop) == [("charge", 3 * PRICE), ("dispute", -3 * PRICE)]
    assert shop.backend.server_named("web") is None
    assert not shop.host.machines


@pytest.mark.parametrize("step", STEPS[:6])
def test_l8_noticing_a_won_dispute_that_is_cut_off_anywhere_is_finished_by_the_next(
    shop: Shop, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy()
    dispute(shop)
    shop.gateway.resolve_dispute(payment(shop).id, "won")

    with monkeypatch.context() as killed:
        killed.setattr(step, _cut_off)
        with suppress(KeyboardInterrupt):
            shop.backend.reconcile()
    shop.reopen().backend.reconcile()
    assert (shop.server().status, power(shop), kinds(shop)) == ("active", "running", [("charge", PRICE)])


# -- ended -----------------------------------------------------------------------------------------------------
def test_c8_a_disputed_server_can_be_ended(shop: Shop) -> None:
    server = shop.buy()
    dispute(shop)
    shop.backend.end_server(server.id)
    assert shop.backend.server_named("web") is None
    assert not shop.host.machines
    decide(shop, "lost")
    assert shop.gateway.cash() == {"EUR": shop.cash()} == {"EUR": ZERO}
    report = shop.backend.reconcile()
    assert not report.unexplained
    assert [finding.code for finding in report.information] == ["dispute-lost"]


@pytest.mark.parametrize("outcome", ["won", "lost"])
@pytest.mark.parametrize("noticed", [True, False])
def test_n3_a_disputed_server_that_was_not_delivered_can_be_ended_and_the_refund_waits_for_the_bank(
    any_shop: Shop, outcome: Literal["won", "lost"], noticed: bool
) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    shop.apply(quote)
    shop.host.down_after_change = False
    shop.gateway.open_dispute(payment(shop).id)
    if noticed:
        shop.backend.reconcile()
    shop.backend.end_server(shop.identity("web").server_id or "")
    assert shop.backend.server_named("web") is None
    assert not shop.host.machines
    (order,) = shop.backend.orders()
    assert order.status == "refunding"
    assert "bank's decision" in (order.failure or "")
    assert not shop.backend.reconcile().unexplained
    again = shop.buy()
    decide(shop, outcome)
    assert [order.status for order in shop.backend.orders()] == ["refunded", "active"]
    assert shop.gateway.cash() == {"EUR": shop.cash()} == {"EUR": PRICE}
    assert shop.server().id == again.id
    assert shop.server().status == "active"
    assert not shop.backend.reconcile().unexplained


# -- anything --------------------------------------------------------------------------------------------------
PAYMENTS = st.integers(0, 3)
EVENTS = st.one_of(
    st.tuples(st.sampled_from(["dispute", "won", "lost"]), PAYMENTS),
    st.tuples(st.just("refund"), PAYMENTS, st.integers(1, 700)),
    st.tuples(st.sampled_from(["buy", "add", "impossible", "end", "notice", "cut off"])),
    st.tuples(st.just("days"), st.integers(1, 20)),
)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(events=st.lists(EVENTS, min_size=4, max_size=14))
def test_n9_whatever_banks_and_hands_do_the_cash_is_the_gateways_after_recovery(
    events: list[tuple[Any, ...]],
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        host = MemoryHypervisor()
        for module in ("purchase.flow", "free_changes"):
            patch.setattr(f"provider.platform.{module}.RETRY_SECONDS", (0.01,))
        patch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: host)
        shop = Shop(Path(folder) / "home", host, timeout=5)
        try:
            shop.buy(months=3)
            for event in events:
                with suppress(RefusedError, UnavailableError, GatewayRefusedError, IndexError):
                    happen(shop, *event)
            host.impossible = None
            for _ in range(2):
                shop.backend.reconcile()
                shop.work()
            report = shop.backend.reconcile()
            assert not report.unexplained, report.unexplained
            (cash,) = report.cash
            assert cash.ledger == cash.gateway
            for view in shop.backend.servers():
                machine = host.machines[view.domain_uuid or ""]
                assert (machine.power_state == "off") == (view.status == "suspended")
        finally:
            shop.close()


def happen(shop: Shop, what: str, number: int = 0, cents: int = 0) -> None:
    """One thing that happens to a home, from outside or by its customer; much of it is refused."""
    shop.host.impossible = "no room" if what == "impossible" else None
    match what:
        case "dispute":
            shop.gateway.open_dispute(payment(shop, number).id)
        case "won" | "lost":
            shop.gateway.resolve_dispute(payment(shop, number).id, what)
        case "refund":
            refund_by_hand(shop, Decimal(cents).scaleb(-2), f"by-hand-{cents}", number)
        case "buy":
            shop.buy()
        case "add" | "impossible":
            if shop.backend.server_named("web") is not None:
                proposal = ten_more(shop)
                if isinstance(proposal, Proposal):
                    shop.apply(shop.backend.hold_quote(proposal), timeout=2)
        case "end":
            shop.backend.end_server(shop.server().id if shop.backend.server_named("web") else "")
        case "notice":
            shop.backend.reconcile()
        case "cut off":
            with pytest.MonkeyPatch.context() as killed, suppress(KeyboardInterrupt):
                killed.setattr("provider.platform.lapse.bring_about", _cut_off)
                shop.backend.reconcile()
        case "days":
            shop.at((datetime.fromisoformat(shop.instant) + timedelta(days=number)).isoformat())


def ten_more(shop: Shop) -> object:
    """Priced on what the contract has at one moment: an earlier addition may be delivered at the next."""
    contract = shop.server().contract.contract
    change = SetQuantity("disk", contract.quantity("disk") + 10)
    return propose(shop.backend.catalogue(), contract.id, contract, change, shop.backend.now().date())


def _cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
