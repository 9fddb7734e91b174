"""Saved methods: what Stripe has attached to the customer, as their owner would name it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from provider.backend.port import SavedMethod

if TYPE_CHECKING:
    from stripe import PaymentMethod

ID = re.compile(r"(?:pm|card|src)_[A-Za-z0-9_]{1,80}")
"""What Stripe's methods are called. What looks otherwise may be a card number and is not sent anywhere (N8)."""

TYPES = ("card", "paypal")
"""The types of Stripe that rule S5 accepts; which brand of card is asked of the method itself."""

_BRANDS = {
    "visa": "Visa",
    "mastercard": "MasterCard",
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def saved_method(method: PaymentMethod) -> SavedMethod:
    """A method; one that is neither a card nor PayPal has Stripe's own type as its kind, which the policy refuses."""
    # The SDK's objects lack what Stripe left out, so these are asked for with care.
    card: PaymentMethod.Card | None = getattr(method, "card", None)
    if method.type == "card" and card is not None:
        brand = _BRANDS.get(card.brand, card.brand.replace("_", " ").capitalize())
        label = f"{brand} ending {card.last4}, {card.exp_month:02}/{card.exp_year}"
        return SavedMethod(method.id, card.brand, label, _first_day_after(card.exp_year, card.exp_month))
    if method.type == "paypal":
        return SavedMethod(method.id, "paypal", _paypal(getattr(getattr(method, "paypal", None), "payer_email", None)))
    return SavedMethod(method.id, method.type, method.type.replace("_", " ").capitalize())


def _first_day_after(year: int, month: int) -> date:
    """A card can be used until the last day of the month that is printed on it."""
    return date(year + month // 12, month % 12 + 1, 1)


def _paypal(email: str | None) -> str:
    """Enough of the address to tell two accounts apart, in plans that others read."""
    name, at, host = (email or "").partition("@")
    return f"PayPal {name[:1]}…@{host}" if at else "PayPal"
