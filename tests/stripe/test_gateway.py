"""The Stripe adapter by itself: its customer, their methods, and writes that are made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from provider.money import Money
from provider.platform.payments.port import (
    GatewayRefusedError,
    GatewayUnavailableError,
    UnknownMethodError,
)
from provider.platform.payments.sandbox import METHODS
from tests.platform.gateway import Calendar, create, paid
from tests.stripe.facade import Facade, serving
from tests.stripe.gateways import StripeWithOutside, stripe_gateway

CARD = "4242 4242 4242 4242"


def test_the_customer_is_made_once_also_by_threads_and_found_again_by_a_home_that_forgot_it(
    facade: Facade, tmp_path: Path
) -> None:
    with stripe_gateway(facade, tmp_path / "a", "acc-1") as gateway, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: gateway.set_up_method(), range(8)))
    with stripe_gateway(facade, tmp_path / "b", "acc-1") as restored:
        assert restored.methods()
    assert [customer["metadata"] for customer in facade.customers.values()] == [{"qualit_account": "acc-1"}]


def test_an_account_that_never_saved_a_method_has_none_and_makes_no_customer(facade: Facade, tmp_path: Path) -> None:
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        facade.customers.clear()
        gateway._account.database.write(
            lambda connection: connection.exec_driver_sql("UPDATE home SET gateway_customer = NULL")
        )
        assert gateway.methods() == ()
        assert gateway.intents() == []
        with pytest.raises(UnknownMethodError):
            create(gateway)
        assert facade.customers == {}


def test_a_saved_card_is_named_by_its_brand_its_last_digits_and_its_expiry(gateway: StripeWithOutside) -> None:
    methods = {method.id: method for method in gateway.methods()}
    visa, paypal = methods["pm_testvisa"], methods["pm_testpaypal"]
    assert (visa.kind, visa.label, visa.expires_on) == ("visa", "Visa ending 4242, 12/2027", date(2028, 1, 1))
    assert (paypal.kind, paypal.label, paypal.expires_on) == ("paypal", "PayPal a…@example.com", None)
    assert len(methods) == len(METHODS), "from several pages"


def test_a_method_is_saved_on_a_page_of_stripe_and_never_by_its_name(gateway: StripeWithOutside) -> None:
    set_up = gateway.set_up_method()
    assert (set_up.url or "").startswith("https://checkout.stripe.example/")
    assert set_up.method is None
    with pytest.raises(GatewayRefusedError, match="page of Stripe"):
        gateway.set_up_method("test-visa")


def test_a_method_is_removed_once_and_only_if_it_is_the_customers(gateway: StripeWithOutside) -> None:
    gateway.remove_method("pm_testvisa")
    assert "pm_testvisa" not in {method.id for method in gateway.methods()}
    for gone in ("pm_testvisa", "pm_ofanother", "test-visa"):
        with pytest.raises(UnknownMethodError):
            gateway.remove_method(gone)
    with pytest.raises(UnknownMethodError):
        create(gateway, "test-visa")


def test_n8_what_is_no_id_of_a_method_is_neither_sent_nor_repeated(gateway: StripeWithOutside, facade: Facade) -> None:
    before = len(facade.requests)
    for number in (CARD, CARD.replace(" ", ""), "pm_" + CARD):
        with pytest.raises(UnknownMethodError) as raised:
            create(gateway, number)
        assert "4242" not in str(raised.value)
    assert facade.requests[before:] == []


@pytest.mark.parametrize("how", ["fails_before", "fails_after"])
def test_n1_a_bank_that_wants_the_customer_is_asked_once_whatever_stripe_answers_to_it(
    gateway: StripeWithOutside, facade: Facade, how: str
) -> None:
    intent = create(gateway, "test-3ds")
    facade.wants_customer.add(intent.id.replace("pi_", "pay_"))
    assert gateway.retrieve(intent.id).status == "unconfirmed"
    getattr(facade, how).append("confirm")
    with pytest.raises(GatewayUnavailableError, match="500"):
        gateway.confirm(intent.id, idempotency_key="confirm")
    waiting = gateway.confirm(intent.id, idempotency_key="confirm")
    assert waiting.status == "action_required"
    confirmed = [one for one in facade.requests if one.endswith("/confirm")]
    assert len(confirmed) == (3 if how == "fails_before" else 1), "failed, replayed, and then under the next key"


def test_a_bank_that_refuses_the_customer_too_has_declined(gateway: StripeWithOutside, facade: Facade) -> None:
    intent = create(gateway, "test-3ds")
    facade.never_satisfied = True
    declined = gateway.confirm(intent.id, idempotency_key="confirm")
    assert (declined.status, declined.decline_code) == ("declined", "authentication_required")
    assert gateway.cash() == {"EUR": Decimal("0.00")}


def test_n1_a_refund_is_found_again_after_its_key_was_forgotten(tmp_path: Path) -> None:
    calendar = Calendar()
    (tmp_path / "stripe").mkdir()
    with (
        serving(Facade(tmp_path / "stripe", now=calendar.now)) as facade,
        stripe_gateway(facade, tmp_path / "home") as gateway,
    ):
        intent = paid(gateway)
        part = Money(Decimal("4.00"), "EUR")
        first = gateway.refund(intent.id, part, idempotency_key="refund")
        calendar.pass_by(hours=25)
        assert gateway.refund(intent.id, part, idempotency_key="refund") == first
        assert gateway.cash() == {"EUR": Decimal("6.00")}


def test_payments_of_another_account_at_the_same_customer_are_none_of_ours(
    gateway: StripeWithOutside, facade: Facade
) -> None:
    ours = create(gateway)
    create(gateway, key="other")
    other = next(kept for id_, kept in facade._kept.items() if id_ != ours.id.replace("pi_", "pay_"))
    other["metadata"] = {**other["metadata"], "qualit_account": "acc-other"}
    assert [intent.id for intent in gateway.intents()] == [ours.id]
