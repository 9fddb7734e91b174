"""Whole purchases of the embedded platform through Stripe, over real HTTP: N1, N2, N3, N5, N9, S5, L4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import (
    ActionRequiredError,
    OrderView,
    PaymentDeclinedError,
    RefusedError,
    UnavailableError,
)
from provider.commerce.change import NewContract
from provider.configuration import Configuration
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop
from tests.stripe.facade import Facade
from tests.stripe.objects import STRIPE_METHODS, stripe_id

NEW = NewContract("vps-2", "debian-12", 3)
PRICE = Decimal("20.97")
VISA = STRIPE_METHODS["test-visa"]


@pytest.fixture
def shop(tmp_path: Path, facade: Facade, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop that pays through Stripe, with saved methods; N9 is checked when the test is over."""
    shop = Shop(tmp_path / "home", host, gateway_settings=facade.settings, outside=facade.sandbox)
    facade.customers["cus_1"] = {"id": "cus_1", "created": 1, "metadata": {"qualit_account": account_of(shop)}}
    yield shop
    try:
        shop.recover()
        assert shop.cash() == shop.charged, "N9: the ledger's cash is not the gateway's"
    finally:
        shop.close()


def account_of(shop: Shop) -> str:
    return shop.backend.account().id


def method(sandbox_method: str) -> str:
    return STRIPE_METHODS[sandbox_method]


def bought_at_last(shop: Shop, sandbox_method: str, name: str = "web") -> OrderView:
    """Apply again and again, each time in another process, as a pipeline that is run again does."""
    quote = shop.plan(NEW, name)
    for _ in range(50):
        try:
            return shop.apply(quote, name=name, method=method(sandbox_method))
        except UnavailableError:
            shop.reopen()
    raise AssertionError("the purchase does not come to an end")


def test_a_server_is_bought_with_a_saved_card_and_what_was_charged_is_in_the_ledger(shop: Shop) -> None:
    server = shop.buy(months=3, method=VISA)
    assert server.status == "active"
    (payment,) = shop.backend.payments()
    assert (payment.status, payment.amount, payment.currency) == ("succeeded", PRICE, "EUR")
    assert shop.backend.ledger().cash[0].gateway == PRICE
    assert shop.backend.reconcile().unexplained == ()


def test_s5_paypal_goes_the_same_way(shop: Shop) -> None:
    assert shop.buy(method=method("test-paypal")).status == "active"


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("test-declined", "ask the bank"),
        ("test-insufficient-funds", "insufficient funds"),
        ("test-expired-card", "save a new one"),
        ("test-lost-card", "the bank declined the card; use another payment method"),
        ("test-processing-error", "try again"),
    ],
)
def test_n5_a_decline_says_what_to_do_and_changes_nothing(shop: Shop, card: str, words: str) -> None:
    with pytest.raises(PaymentDeclinedError, match=words) as raised:
        shop.apply(shop.plan(NEW), method=method(card))
    assert "lost_card" not in raised.value.detail
    assert shop.backend.server_named("web") is None
    assert shop.charged == 0


def test_l4_a_bank_that_wants_to_see_the_customer_gets_a_link_to_them_and_then_it_is_delivered(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError) as raised:
        shop.apply(quote, method=method("test-3ds"))
    assert raised.value.url.startswith("https://sandbox-gateway.example/3d-secure/pi_")
    (intent,) = shop.gateway.intents()
    with pytest.raises(RefusedError, match="Only the customer and the bank can do this"):
        shop.backend.confirm_payment(stripe_id(intent.id))
    shop.gateway.confirm_as_customer(intent.id)
    assert shop.apply(quote, method=method("test-3ds")).status == "active"
    assert shop.charged == PRICE


def test_n5_a_customer_who_fails_3d_secure_has_bought_nothing(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError):
        shop.apply(quote, method=method("test-3ds"))
    shop.gateway.fail_as_customer(shop.gateway.intents()[0].id)
    with pytest.raises(PaymentDeclinedError, match="not confirmed with 3-D Secure"):
        shop.apply(quote, method=method("test-3ds"))


def test_l4_a_payment_that_nobody_confirms_is_cancelled_at_stripe_after_a_day(shop: Shop) -> None:
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(NEW), method=method("test-3ds"))
    shop.at("2026-02-01T09:00:01+00:00")
    shop.buy(name="other", method=VISA)
    assert [intent.status for intent in shop.gateway.intents()] == ["cancelled", "succeeded"]


@pytest.mark.parametrize("card", ["test-lost-reply", "test-lost-reply-create", "test-5xx", "test-disputed"])
def test_n1_a_purchase_whose_calls_go_wrong_is_charged_once(shop: Shop, card: str) -> None:
    assert bought_at_last(shop, card).status == "active"
    assert shop.charged == PRICE
    assert [intent.status for intent in shop.gateway.intents()].count("succeeded") == 1


@pytest.mark.parametrize("how", ["fails_before", "fails_after"])
@pytest.mark.parametrize("operation", ["payment_intents", "confirm"])
def test_n1_an_error_of_stripe_that_its_key_repeats_for_a_day_neither_charges_twice_nor_stops_the_order(
    shop: Shop, facade: Facade, operation: str, how: str
) -> None:
    quote = shop.plan(NEW)
    getattr(facade, how).append(operation)
    order = shop.apply(quote, method=VISA)
    assert order.status == "active"
    assert shop.charged == PRICE
    assert len(shop.gateway.intents()) == 1


def test_n1_n9_purchases_in_a_storm_are_each_charged_once(shop: Shop) -> None:
    shop.backend.now()
    shop.gateway.storm(0.3, seed=20260131)
    for number in range(3):
        assert bought_at_last(shop, "test-visa", f"web-{number}").status == "active"
    shop.gateway.calm()
    assert shop.charged == 3 * PRICE


@pytest.mark.parametrize("card", ["test-visa", "test-lost-reply-refund"])
def test_n3_what_cannot_be_delivered_is_given_back_once(shop: Shop, card: str) -> None:
    shop.host.impossible = "no room left"
    with pytest.raises(RefusedError, match="was refunded in full"):
        shop.apply(shop.plan(NEW), method=method(card))
    (intent,) = shop.gateway.intents()
    assert len(shop.gateway.refunds(intent.id)) == 1
    assert shop.charged == 0


def test_n3_a_refund_that_stripe_answered_with_an_error_is_given_once(shop: Shop, facade: Facade) -> None:
    shop.host.impossible = "no room left"
    facade.fails_after.append("refunds")
    with pytest.raises(RefusedError, match="was refunded in full"):
        shop.apply(shop.plan(NEW), method=VISA)
    (intent,) = shop.gateway.intents()
    assert len(shop.gateway.refunds(intent.id)) == 1


def test_n9_a_dispute_suspends_the_server_and_a_lost_one_stands_in_the_ledger(shop: Shop) -> None:
    shop.buy(months=3, method=method("test-disputed"))
    (found,) = shop.backend.reconcile().repaired
    assert found.code == "dispute-open"
    assert shop.server().status == "suspended"
    shop.gateway.resolve_dispute(shop.gateway.intents()[0].id, "lost")
    (found,) = shop.backend.reconcile().repaired
    assert found.code == "dispute-lost"
    assert str(PRICE) in found.wrong
    assert shop.backend.ledger().cash[0].gateway == shop.cash() == 0
    report = shop.backend.reconcile()
    assert not report.unexplained
    assert [finding.code for finding in report.information] == ["dispute-lost"]


def test_s5_a_method_that_is_removed_after_the_plan_is_refused_before_anything_is_ordered(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with shop.backend._platform() as platform:
        platform.gateway.remove_method(VISA)
    with pytest.raises(RefusedError, match="Payment method not accepted"):
        shop.apply(quote, method=VISA)
    assert shop.backend.orders() == []


def test_a_method_that_is_removed_before_it_is_charged_cancels_the_order_and_its_payment(
    shop: Shop, facade: Facade
) -> None:
    facade.sandbox.arrange("confirm", "unavailable", times=9)
    quote = shop.plan(NEW)
    with pytest.raises(UnavailableError):
        shop.apply(quote, method=VISA, timeout=0)
    facade.sandbox.calm()
    facade.refuses_confirm = True
    (order,) = shop.backend.orders()
    with pytest.raises(RefusedError, match=r"refused.*Nothing was charged"):
        shop.backend.resume(order.id, timeout_seconds=20)
    assert [intent.status for intent in shop.gateway.intents()] == ["cancelled"]


# -- keys ----------------------------------------------------------------------------------------------------
def without_key(shop: Shop, **settings: str | None) -> None:
    shop.close()
    assert shop.gateway_settings is not None
    shop.gateway_settings = replace(shop.gateway_settings, **settings)


def test_a_key_that_is_missing_is_named_and_nothing_is_ordered(shop: Shop) -> None:
    quote = shop.plan(NEW)
    good = shop.gateway_settings
    without_key(shop, key=None)
    with pytest.raises(UnavailableError, match="QUALIT_STRIPE_KEY") as raised:
        shop.apply(quote, method=VISA)
    assert raised.value.attribute == "payment_gateway"
    assert shop.backend.orders() == []
    shop.close()
    shop.gateway_settings = good


def test_n8_an_order_that_meets_a_wrong_key_waits_and_is_bought_once_it_is_right(shop: Shop, facade: Facade) -> None:
    facade.sandbox.arrange("confirm", "unavailable", times=9)
    quote = shop.plan(NEW)
    with pytest.raises(UnavailableError):
        shop.apply(quote, method=VISA, timeout=0)
    facade.sandbox.calm()
    good = shop.gateway_settings
    without_key(shop, key="sk_test_" + "wrongkey" * 4)
    (order,) = shop.backend.orders()
    with pytest.raises(UnavailableError) as raised:
        shop.backend.resume(order.id, timeout_seconds=20)
    assert "QUALIT_STRIPE_KEY" in raised.value.detail
    assert "wrongkey" not in str(raised.value)
    assert "wrongkey" not in repr(shop.gateway_settings)
    (order,) = shop.backend.orders()
    assert order.status == "paying"
    assert "wrongkey" not in (order.failure or "")
    shop.close()
    shop.gateway_settings = good
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert shop.charged == PRICE
    assert not any(b"wrongkey" in path.read_bytes() for path in shop.home.rglob("*") if path.is_file())


def test_a_home_that_ordered_something_keeps_to_its_gateway(shop: Shop) -> None:
    shop.buy(method=VISA)
    shop.close()
    settings, shop.gateway_settings = shop.gateway_settings, None
    with pytest.raises(UnavailableError, match=r"paid with the gateway stripe.*QUALIT_PAYMENT_GATEWAY"):
        shop.backend.now()
    shop.close()
    shop.gateway_settings = settings


def test_a_home_that_ordered_nothing_may_change_its_gateway(shop: Shop) -> None:
    shop.plan(NEW)
    shop.close()
    settings, shop.gateway_settings = shop.gateway_settings, None
    assert shop.backend.payment_methods()[0].id == "test-visa"
    shop.close()
    shop.gateway_settings = settings
    assert shop.backend.payment_methods()[0].id == VISA


def test_the_key_of_another_stripe_account_is_told_and_loses_nothing(shop: Shop, facade: Facade) -> None:
    shop.buy(method=VISA)
    customers = dict(facade.customers)
    facade.customers.clear()
    with pytest.raises(UnavailableError, match=r"another Stripe account.*test or live"):
        shop.reopen().backend.payments()
    facade.customers.update(customers)
    assert len(shop.backend.payments()) == 1


def test_a_worker_that_is_left_behind_has_the_gateway_and_its_key(
    shop: Shop, facade: Facade, left_to_workers: list[Configuration]
) -> None:
    facade.sandbox.arrange("confirm", "unavailable", times=9)
    with pytest.raises(UnavailableError):
        shop.apply(shop.plan(NEW), method=VISA, timeout=0)
    shop.close()
    facade.sandbox.calm()
    (configuration,) = left_to_workers
    from provider.platform.workers.detached import _environment

    environment = _environment(configuration)
    assert environment["QUALIT_PAYMENT_GATEWAY"] == "stripe"
    assert environment["QUALIT_STRIPE_KEY"] == facade.key
    assert environment["QUALIT_STRIPE_API_BASE"] == facade.url


def test_n5_a_bank_that_refuses_its_customer_too_leaves_nothing_that_could_be_paid_later(
    shop: Shop, facade: Facade
) -> None:
    facade.never_satisfied = True
    with pytest.raises(PaymentDeclinedError, match="not confirmed with 3-D Secure"):
        shop.apply(shop.plan(NEW), method=method("test-3ds"))
    shop.backend.reconcile()
    assert [payment.status for payment in shop.backend.payments()] == ["cancelled"]
    found = shop.backend.reconcile()
    assert (found.repaired, found.unexplained) == ((), ())
