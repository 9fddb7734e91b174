"""The reconciler on homes that were damaged from outside: repaired where one answer is right, else reported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import ActionRequiredError, PaymentDeclinedError, RefusedError, UnavailableError
from provider.commerce.change import NewContract
from provider.money import Money
from provider.platform import ledger
from provider.platform.locks import contract_lock
from provider.platform.reconcile.finding import Finding
from tests.platform.findings import PRICE, agrees, charge, damage, only, the_order
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


@pytest.fixture
def damaged(tmp_path: Path, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop in which N9 may be broken when the test is over."""
    shop = Shop(tmp_path / "home", host)
    yield shop
    shop.close()


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


# -- nothing is wrong ----------------------------------------------------------------------------------------------
def test_a_new_home_agrees(shop: Shop) -> None:
    report = shop.backend.reconcile()
    assert agrees(report)
    assert set(report.compared.values()) == {0}


def test_a_home_with_every_outcome_of_a_purchase_agrees(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.add("disk", 50)
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(NEW, "declined"), name="declined", method="test-declined")
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(NEW, "waiting"), name="waiting", method="test-3ds")
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.add("memory", 4)
    shop.host.impossible = None
    report = shop.backend.reconcile()
    assert agrees(report)
    assert report.compared == {"orders": 5, "entries": 4, "payments": 5, "machines": 1}
    (cash,) = report.cash
    assert cash.ledger == cash.gateway == PRICE + 5


def test_n3_an_order_that_waits_for_its_host_is_no_finding(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    assert shop.apply(quote, timeout=2).status == "provisioning"
    assert agrees(shop.backend.reconcile())


def test_a_contract_that_is_being_worked_on_is_left_alone(damaged: Shop) -> None:
    server = damaged.buy()
    damaged.host.lose_machines()
    with contract_lock(damaged.home, server.contract.contract.id, seconds=5):
        report = damaged.backend.reconcile()
    assert report.busy == (server.contract.contract.id,)
    assert not report.unexplained
    assert damaged.backend.reconcile().unexplained


def test_purchases_under_way_are_no_finding(any_shop: Shop) -> None:
    """One reconciles without a pause while another buys, improves, is declined and is refunded."""
    shop = any_shop
    shop.backend.now()
    found: list[Finding] = []
    rounds = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal rounds
        with closing(shop.another()) as other:
            while not over.is_set():
                report = other.reconcile()
                found.extend([*report.repaired, *report.unexplained, *report.information])
                rounds += 1

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(4):
            shop.buy(name=f"web-{number}")
            shop.add("disk", 50, f"web-{number}")
            with pytest.raises(PaymentDeclinedError):
                shop.apply(shop.plan(NEW, "declined"), name="declined", method="test-declined")
        shop.host.impossible = "no room"
        with pytest.raises(RefusedError):
            shop.add("memory", 4, "web-0")
    finally:
        over.set()
        watcher.join()
    assert rounds > 3
    assert found == []


# -- orders and payments -------------------------------------------------------------------------------------------
def test_n2_a_charge_of_a_declined_order_goes_back_in_full_with_both_entries(any_shop: Shop) -> None:
    shop = any_shop
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(NEW), method="test-declined")
    order_id = the_order(shop)
    charge(shop, order_id, "elsewhere")
    finding = only(shop.backend.reconcile().repaired, "payment-of-nothing")
    assert finding.subject == order_id
    assert shop.gateway.cash() == {"EUR": Decimal("0.00")}
    with shop.records().read() as connection:
        assert [(entry.kind, entry.cash) for entry in ledger.entries(connection)] == [
            ("charge", PRICE),
            ("refund", -PRICE),
        ]
    assert agrees(shop.backend.reconcile())


def test_n1_giving_back_is_done_once_though_the_reply_is_lost(shop: Shop) -> None:
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(NEW), method="test-declined")
    intent = charge(shop, the_order(shop), "elsewhere")
    shop.gateway.arrange("refund", "lost_reply")
    assert "did not do it" in only(shop.backend.reconcile().unexplained, "payment-of-nothing").remedy
    only(shop.backend.reconcile().repaired, "payment-of-nothing")
    assert len(shop.gateway.refunds(intent.id)) == 1
    assert agrees(shop.backend.reconcile())


def test_n9_giving_back_that_was_cut_off_before_the_ledger_is_finished_by_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(NEW), method="test-declined")
    intent = charge(shop, the_order(shop), "elsewhere")
    with monkeypatch.context() as killed:
        killed.setattr("provider.platform.reconcile.repair.record_charge", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shop.backend.reconcile()
    assert shop.gateway.cash() == {"EUR": Decimal("0.00")}
    only(shop.backend.reconcile().repaired, "payment-of-nothing")
    assert len(shop.gateway.refunds(intent.id)) == 1
    with shop.records().read() as connection:
        assert len(ledger.entries(connection)) == 2
    assert agrees(shop.backend.reconcile())


def test_n3_a_refund_that_the_gateway_lost_is_made_again(shop: Shop) -> None:
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.apply(shop.plan(NEW))
    charge(shop, the_order(shop), "elsewhere")
    report = shop.backend.reconcile()
    only(report.repaired, "payment-of-nothing")
    assert shop.gateway.cash() == {"EUR": Decimal("0.00")}
    assert agrees(shop.backend.reconcile())


def test_n1_a_second_charge_of_an_order_goes_back(any_shop: Shop) -> None:
    any_shop.buy()
    charge(any_shop, the_order(any_shop), "elsewhere")
    only(any_shop.backend.reconcile().repaired, "charged-twice")
    assert any_shop.gateway.cash() == {"EUR": PRICE}
    assert agrees(any_shop.backend.reconcile())


def test_n1_an_open_payment_that_an_order_needs_no_more_is_cancelled(shop: Shop) -> None:
    shop.buy()
    intent = shop.gateway.create_intent(
        order_id=the_order(shop), amount=Money(PRICE, "EUR"), method_id="test-visa", idempotency_key="another"
    )
    only(shop.backend.reconcile().repaired, "payment-left-open")
    assert shop.gateway.retrieve(intent.id).status == "cancelled"
    assert agrees(shop.backend.reconcile())


def test_n4_a_payment_of_an_unknown_order_is_reported_and_kept(damaged: Shop) -> None:
    damaged.backend.now()
    intent = charge(damaged, "ord-of-yesterday", "elsewhere")
    finding = only(damaged.backend.reconcile().unexplained, "payment-of-an-unknown-order")
    assert finding.subject == intent.id
    assert "backup" in finding.remedy
    assert damaged.gateway.cash() == {"EUR": PRICE}


def test_n2_an_active_order_whose_payment_the_gateway_does_not_know_is_reported(damaged: Shop) -> None:
    damaged.buy()
    damage(damaged, "UPDATE orders SET intent_id = 'pay_lost'")
    report = damaged.backend.reconcile()
    codes = {finding.code for finding in report.unexplained}
    assert codes == {"order-without-payment", "charged-by-another-payment"}
    assert not report.repaired
    assert damaged.gateway.cash() == {"EUR": PRICE}


def test_n2_an_active_order_that_paid_another_amount_is_reported(damaged: Shop) -> None:
    damaged.buy()
    order_id = the_order(damaged)
    other = charge(damaged, order_id, "elsewhere", Decimal("1.00"))
    damage(damaged, "UPDATE orders SET intent_id = :intent", intent=other.id)
    assert "order-without-payment" in {finding.code for finding in damaged.backend.reconcile().unexplained}


def test_n2_an_active_order_without_its_charge_is_reported(damaged: Shop) -> None:
    damaged.buy()
    damage(damaged, "DELETE FROM postings")
    damage(damaged, "DELETE FROM journal")
    report = damaged.backend.reconcile()
    only(report.unexplained, "order-without-charge")
    (cash,) = report.cash
    assert (cash.ledger, cash.gateway) == (Decimal("0.00"), PRICE)


def test_n9_a_gateway_whose_cash_is_not_its_payments_is_reported_with_both_sums(
    damaged: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged.buy()
    monkeypatch.setattr(type(damaged.gateway), "cash", lambda _: {"EUR": Decimal("5.00")})
    finding = only(damaged.backend.reconcile().unexplained, "cash")
    assert "6.99 EUR" in finding.wrong
    assert "5.00" in finding.wrong
    assert "1.99" in finding.wrong


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_n3_a_refund_of_a_disputed_payment_waits_for_the_bank_and_ends(shop: Shop, outcome: str) -> None:
    shop.host.impossible = "no room"
    quote = shop.plan(NEW)
    with pytest.raises(UnavailableError, match="bank's decision"):
        shop.apply(quote, method="test-disputed")
    assert not shop.backend.reconcile().unexplained
    (intent,) = shop.gateway.intents()
    shop.gateway.resolve_dispute(intent.id, outcome)  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        shop.backend.resume(the_order(shop), timeout_seconds=20)
    assert [order.status for order in shop.backend.orders()] == ["refunded"]
    assert shop.gateway.cash() == {"EUR": shop.cash()} == {"EUR": Decimal("0.00")}
    assert not shop.backend.reconcile().unexplained


# -- runs ----------------------------------------------------------------------------------------------------------
def test_n3_an_open_order_whose_run_was_lost_goes_on(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    shop.apply(quote, timeout=2)
    shop.host.down_after_change = False
    damage(shop, "UPDATE orders SET waits_for = NULL, retry_at = NULL, run = 99")
    only(shop.backend.reconcile().repaired, "order-without-run")
    assert shop.backend.resume(the_order(shop), timeout_seconds=20).status == "active"
    assert agrees(shop.backend.reconcile())


def test_an_order_of_a_newer_version_is_named_and_left_alone(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    shop.apply(quote, timeout=2)
    shop.host.down_after_change = False
    damage(shop, "UPDATE orders SET waits_for = NULL, retry_at = NULL")
    damage(shop, "UPDATE workflow_status SET application_version = '99', status = 'ENQUEUED' WHERE name = 'purchase'")
    finding = only(shop.backend.reconcile().unexplained, "order-of-a-newer-version")
    assert "version 99" in finding.wrong
    damage(shop, "UPDATE workflow_status SET status = 'ERROR' WHERE name = 'purchase'")
    only(shop.backend.reconcile().repaired, "order-without-run")
    assert shop.backend.resume(the_order(shop), timeout_seconds=20).status == "active"


# -- the ledger ----------------------------------------------------------------------------------------------------
def test_n9_an_entry_that_does_not_sum_to_zero_is_reported(any_damaged: Shop) -> None:
    any_damaged.buy()
    more = 100 if any_damaged.database_url is None else 1
    damage(any_damaged, "UPDATE postings SET amount = amount + :more WHERE account = 'cash'", more=more)
    codes = {finding.code for finding in any_damaged.backend.reconcile().unexplained}
    assert codes == {"entry-unbalanced", "order-without-charge"}


def test_n2_entries_of_an_order_that_is_gone_are_reported(damaged: Shop) -> None:
    damaged.buy()
    damage(damaged, "DELETE FROM orders")
    codes = {finding.code for finding in damaged.backend.reconcile().unexplained}
    assert codes == {"payment-of-an-unknown-order", "entry-of-an-unknown-order"}
    damage(damaged, "DELETE FROM journal")
    codes = {finding.code for finding in damaged.backend.reconcile().unexplained}
    assert codes == {"payment-of-an-unknown-order", "posting-without-entry"}


# -- workers -------------------------------------------------------------------------------------------------------
def test_a_worker_reconciles_before_it_ends_and_tells_what_it_found(shop: Shop) -> None:
    shop.buy()
    charge(shop, the_order(shop), "elsewhere")
    told: list[Finding] = []
    shop.backend.work(until_idle=True, report=lambda order: None, found=told.append, stop=threading.Event())
    only(tuple(told), "charged-twice")
    assert shop.gateway.cash() == {"EUR": PRICE}
