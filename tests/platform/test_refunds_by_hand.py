"""N9: refunds that somebody made by hand at the gateway are recorded once each, and given back no second time."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from provider.backend.port import RefusedError
from provider.commerce.change import NewContract
from provider.platform.reconcile.finding import Finding
from tests.platform.cash import kinds, payment, refund_by_hand
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)
PRICE = Decimal("6.99")
ZERO = Decimal("0.00")


def test_n9_refunds_by_hand_are_recorded_once_each_and_shown_with_their_order(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    refund_by_hand(shop, Decimal("2.00"), "first")
    (finding,) = shop.backend.reconcile().repaired
    assert (finding.code, finding.subject) == ("refunded-by-hand", payment(shop).order_id)
    assert "2.00 EUR of 6.99 EUR" in finding.wrong
    refund_by_hand(shop, Decimal("1.50"), "second")
    refund_by_hand(shop, Decimal("1.50"), "third")
    for _ in range(2):
        shop.backend.reconcile()
    assert sorted(kinds(shop)) == [
        ("charge", PRICE),
        ("refund-by-hand", Decimal("-2.00")),
        ("refund-by-hand", Decimal("-1.50")),
        ("refund-by-hand", Decimal("-1.50")),
    ]
    (order,) = shop.backend.orders()
    assert (order.status, order.refunded) == ("active", Decimal("5.00"))
    report = shop.backend.reconcile()
    assert not report.unexplained
    assert not report.repaired
    assert "for the team to decide" in report.information[0].remedy
    assert shop.server().status == "active", "what becomes of it the team decides"
    shop.backend.end_server(server.id)
    report = shop.backend.reconcile()
    assert [finding.code for finding in report.information] == ["refunded-by-hand"]
    assert "nothing is left to do" in report.information[0].remedy


def test_n9_a_worker_records_a_refund_by_hand_when_it_hears_of_it(shop: Shop) -> None:
    shop.buy()
    refund_by_hand(shop, PRICE, "by-hand")
    told: list[Finding] = []
    shop.backend.work(until_idle=True, report=lambda _order: None, found=told.append, stop=threading.Event())
    assert kinds(shop) == [("charge", PRICE), ("refund-by-hand", -PRICE)]
    assert [finding.code for finding in told] == ["refunded-by-hand"]


@pytest.mark.parametrize("recorded", [True, False])
def test_n9_what_was_refunded_by_hand_is_not_given_back_again(shop: Shop, recorded: bool) -> None:
    """Refunded in part while it was delivered, and then it could not be delivered."""
    quote = shop.plan(NEW)
    shop.host.down_after_change = True
    order = shop.apply(quote)
    refund_by_hand(shop, Decimal("2.00"), "by-hand")
    if recorded:
        shop.backend.reconcile()
    shop.host.down_after_change, shop.host.impossible = False, "no room"
    with pytest.raises(RefusedError, match="refunded in full"):
        shop.backend.resume(order.id, timeout_seconds=20)
    assert shop.gateway.cash() == {"EUR": shop.cash()} == {"EUR": ZERO}
    shop.host.impossible = None
    assert not shop.backend.reconcile().unexplained


def test_n9_a_lost_dispute_takes_what_a_refund_by_hand_had_left(shop: Shop) -> None:
    shop.buy()
    refund_by_hand(shop, Decimal("2.00"), "by-hand")
    shop.gateway.open_dispute(payment(shop).id)
    shop.gateway.resolve_dispute(payment(shop).id, "lost")
    report = shop.backend.reconcile()
    assert not report.unexplained
    assert sorted(kinds(shop)) == [
        ("charge", PRICE),
        ("dispute", Decimal("-4.99")),
        ("refund-by-hand", Decimal("-2.00")),
    ]
