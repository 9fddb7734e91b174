"""N1, N2, N5 and N9 of whole purchases on the gateway's bad days: paid once, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from provider.backend.port import ActionRequiredError, OrderView, PaymentDeclinedError, RefusedError, UnavailableError
from provider.commerce.change import NewContract
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 3)
PRICE = Decimal("20.97")


def bought_at_last(shop: Shop, name: str, method: str) -> OrderView:
    """Apply again and again, each time in another process, as a pipeline that is run again does."""
    quote = shop.plan(NEW, name)
    for _ in range(50):
        try:
            order = shop.apply(quote, name=name, method=method)
        except UnavailableError:
            shop.reopen()
        else:
            return order
    raise AssertionError("the purchase does not come to an end")


@pytest.mark.parametrize("method", ["test-lost-reply", "test-lost-reply-create", "test-5xx", "test-disputed"])
def test_n1_a_purchase_by_a_method_that_misbehaves_is_charged_once(shop: Shop, method: str) -> None:
    assert bought_at_last(shop, "web", method).status == "active"
    assert shop.gateway.cash() == {"EUR": PRICE}


def test_n1_n9_purchases_in_a_storm_are_each_charged_once(shop: Shop) -> None:
    shop.backend.now()
    shop.gateway.storm(0.4, seed=20260131)
    for number in range(5):
        assert bought_at_last(shop, f"web-{number}", "test-visa").status == "active"
    shop.gateway.calm()
    assert shop.gateway.cash() == {"EUR": 5 * PRICE}
    assert shop.cash() == 5 * PRICE


def test_n3_a_refund_whose_reply_is_lost_is_given_once(shop: Shop) -> None:
    shop.host.impossible = "no room left"
    with pytest.raises(RefusedError, match="was refunded in full"):
        shop.apply(shop.plan(NEW), method="test-lost-reply-refund")
    (intent,) = shop.gateway.intents()
    assert len(shop.gateway.refunds(intent.id)) == 1
    assert shop.gateway.cash() == {"EUR": Decimal("0.00")}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("test-declined", "ask the bank"),
        ("test-insufficient-funds", "insufficient funds"),
        ("test-expired-card", "save a new one"),
        ("test-lost-card", "the bank declined the card; use another payment method"),
        ("test-processing-error", "try again"),
    ],
)
def test_n5_a_decline_says_what_to_do_and_changes_nothing(shop: Shop, method: str, words: str) -> None:
    with pytest.raises(PaymentDeclinedError, match=words) as raised:
        shop.apply(shop.plan(NEW), method=method)
    assert "lost_card" not in raised.value.detail
    assert shop.backend.server_named("web") is None
    assert shop.gateway.cash() == {"EUR": Decimal("0.00")}


def test_n5_a_customer_who_fails_3d_secure_has_bought_nothing(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError):
        shop.apply(quote, method="test-3ds")
    shop.gateway.fail_as_customer(shop.gateway.intents()[0].id)
    with pytest.raises(PaymentDeclinedError, match="not confirmed with 3-D Secure"):
        shop.apply(quote, method="test-3ds")
    assert shop.backend.server_named("web") is None
