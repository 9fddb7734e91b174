"""What the adapter makes of Stripe's objects: methods, amounts, statuses, disputes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from provider.money import Money
from provider.platform.payments.port import (
    GatewayRefusedError,
)
from provider.platform.payments.stripe.amounts import minor_units
from provider.platform.payments.stripe.disputes import STATUS
from provider.platform.payments.stripe.intents import intent_of
from provider.platform.payments.stripe.methods import saved_method
from tests.platform.gateway import TEN


def shaped(thing: dict[str, Any], kind: str) -> Any:
    import stripe

    return getattr(stripe, kind).construct_from(thing, None)


def test_s5_a_method_of_another_kind_keeps_stripes_name_for_the_policy_to_refuse() -> None:
    method = saved_method(
        shaped({"id": "pm_1", "type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, "PaymentMethod")
    )
    assert (method.kind, method.label) == ("sepa_debit", "Sepa debit")
    card = {"brand": "discover", "last4": "9424", "exp_month": 1, "exp_year": 2030}
    method = saved_method(shaped({"id": "pm_2", "type": "card", "card": card}, "PaymentMethod"))
    assert (method.kind, method.label, method.expires_on) == (
        "discover",
        "Discover ending 9424, 01/2030",
        date(2030, 2, 1),
    )


def test_an_amount_is_sent_in_hundredths() -> None:
    assert minor_units(Money(Decimal("20.97"), "EUR")) == 2097


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("ISK", 0), ("KWD", 3)])
def test_a_currency_without_hundredths_is_refused_with_the_reason(currency: str, decimals: int) -> None:
    with pytest.raises(GatewayRefusedError, match=rf"{currency} has {decimals} decimals.*such as EUR"):
        minor_units(Money(Decimal("10.00"), currency))


def stripe_intent(status: str, error: dict[str, Any] | None = None) -> Any:
    intent = {
        "id": "pi_1",
        "amount": 1000,
        "currency": "eur",
        "status": status,
        "last_payment_error": error,
        "next_action": None,
        "latest_charge": None,
        "metadata": {"qualit_order": "ord-1"},
    }
    return shaped(intent, "PaymentIntent")


@pytest.mark.parametrize(
    ("status", "error", "expected", "code"),
    [
        ("requires_confirmation", None, "unconfirmed", None),
        ("requires_action", None, "action_required", None),
        ("processing", None, "unconfirmed", None),
        ("requires_capture", None, "unconfirmed", None),
        ("a_status_of_tomorrow", None, "unconfirmed", None),
        ("succeeded", None, "succeeded", None),
        ("canceled", None, "cancelled", None),
        ("requires_payment_method", None, "declined", None),
        ("requires_payment_method", {"code": "card_declined", "decline_code": "lost_card"}, "declined", "lost_card"),
        ("requires_payment_method", {"code": "expired_card"}, "declined", "expired_card"),
        ("requires_payment_method", {"code": "authentication_required"}, "unconfirmed", None),
        (
            "requires_payment_method",
            {"code": "card_declined", "decline_code": "authentication_required"},
            "unconfirmed",
            None,
        ),
        (
            "requires_payment_method",
            {"code": "payment_intent_authentication_failure"},
            "declined",
            "authentication_required",
        ),
    ],
)
def test_each_status_of_stripe_is_one_of_the_port(
    status: str, error: dict[str, Any] | None, expected: str, code: str | None
) -> None:
    found = intent_of(stripe_intent(status, error))
    assert (found.status, found.decline_code, found.order_id, found.amount) == (expected, code, "ord-1", TEN)


def test_every_status_of_a_dispute_that_stripe_documents_is_known() -> None:
    assert STATUS == {
        "warning_needs_response": "open",
        "warning_under_review": "open",
        "warning_closed": "won",
        "needs_response": "open",
        "under_review": "open",
        "won": "won",
        "lost": "lost",
        "prevented": "won",
    }
