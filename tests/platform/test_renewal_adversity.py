"""Renewals at a bad moment: two at once, cut off at midnight, beside what a bank or a gateway keeps open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest

from provider.backend.embedded import EmbeddedBackend
from provider.backend.port import BackendError, LineMovedError, OrderView, Purchase, RefusedError, UnavailableError
from provider.commerce.change import Renew, SetQuantity
from provider.platform import renewal
from provider.platform.context import Platform
from provider.platform.purchase import deliver
from provider.platform.records.contracts import ContractRecord
from provider.platform.records.orders import Order
from provider.platform.renewal import Renewer
from tests.platform.shop import Shop

EVE = "2026-02-27T00:00:00+00:00"
LAST_MINUTE = "2026-02-27T23:59:00+00:00"
BEGIN_DELIVERY = deliver.begin_delivery


def renewals(shop: Shop) -> list[OrderView]:
    return [order for order in shop.backend.orders() if order.kind == "renewal"]


def platform_of(backend: EmbeddedBackend) -> Platform:
    with backend._platform() as platform:
        return platform


def at_once(*doers: Callable[[], object]) -> list[Exception]:
    """Do all of it at the same time; what was raised."""
    raised: list[Exception] = []

    def run(do: Callable[[], object]) -> None:
        try:
            do()
        except BackendError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(do,)) for do in doers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.fixture
def both_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers find the same contract due before either has ordered."""
    barrier, due = threading.Barrier(2), renewal.due

    def found(platform: Platform) -> Sequence[ContractRecord]:
        records = due(platform)
        barrier.wait(30)
        return records

    monkeypatch.setattr(renewal, "due", found)


@pytest.mark.usefixtures("both_see_it")
def test_n1_two_workers_that_find_the_same_contract_due_renew_it_once(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at(EVE)
    others = [shop.another(), shop.another()]
    try:
        assert at_once(*(Renewer(platform_of(other)).renew_due for other in others)) == []
    finally:
        for other in others:
            other.close()
    (order,) = renewals(shop)
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert shop.charged == shop.cash() == Decimal("13.98")
    assert shop.server().contract.contract.paid_until == date(2026, 3, 31)


def test_n1_a_worker_and_its_owner_who_renews_for_longer_at_the_same_time_buy_one_period(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    quote = shop.at(EVE).plan(Renew(3))
    other = shop.another()
    try:
        raised = at_once(
            Renewer(platform_of(other)).renew_due,
            lambda: shop.backend.order(Purchase(quote.id, "test-visa"), timeout_seconds=20),
        )
    finally:
        other.close()
    (order,) = renewals(shop)
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert all(isinstance(error, RefusedError | LineMovedError) for error in raised), raised
    assert order.change == (Renew(1) if raised else Renew(3))
    assert len(shop.server().contract.contract.periods) == 2


def test_l2_what_was_paid_in_time_is_not_switched_off_because_a_worker_could_not_go_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy()
    quote = shop.at(LAST_MINUTE).plan(Renew(1))
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "begin_delivery", _fail)
        assert shop.apply(quote).status == "paid"
        shop.at("2026-02-28T05:00:00+00:00").buy(name="other")
        (machine,) = (m for m in shop.host.machines.values() if m.uuid == shop.server().domain_uuid)
        assert machine.power_state == "running"
    (order,) = renewals(shop)
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert shop.server().contract.contract.paid_until == date(2026, 3, 31)


def test_l2_a_refund_that_waits_for_a_bank_keeps_nobody_else_from_ordering_and_no_worker_from_working(
    shop: Shop,
) -> None:
    shop.backend.configure_contract(shop.buy().contract.contract.id, auto_renew=False)
    quote = shop.plan(SetQuantity("disk", 50))
    shop.host.impossible = "no room"
    with pytest.raises(UnavailableError):
        shop.apply(quote, method="test-disputed")
    shop.host.impossible = None
    shop.at("2026-03-14T00:00:00+00:00").buy(name="other")
    shop.work()
    assert shop.server("other").status == "active"
    assert shop.host.machines, "the server whose refund waits ends when the bank has decided"
    disputed = next(intent for intent in shop.gateway.intents() if intent.amount.amount == Decimal("5.00"))
    shop.gateway.resolve_dispute(disputed.id, "won")
    shop.work()
    assert [machine.uuid for machine in shop.host.machines.values()] == [shop.server("other").domain_uuid]


def _fail(platform: Platform, order: Order) -> None:
    if order.kind == "renewal":
        raise RuntimeError("an error that nobody has thought of")
    BEGIN_DELIVERY(platform, order)
