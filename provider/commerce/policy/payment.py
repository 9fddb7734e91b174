"""How an order is paid: at once, by a saved credit card or PayPal (S5, S6).

``payment_means`` is called at plan and again by the platform before anything is ordered, ``why_unusable`` also by
whoever lists the saved methods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from provider.commerce.policy.wording import listed, written
from provider.commerce.refusal import Refusal

ACCEPTED_KINDS = {"visa": "Visa", "mastercard": "MasterCard", "amex": "American Express", "paypal": "PayPal"}
"""The kinds of payment that can be used at once (S5), with their names."""

_OTHER_KINDS = {
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos Australia",
    "jcb": "JCB",
    "sepa_debit": "SEPA direct debit",
    "unionpay": "UnionPay",
}
"""The names of kinds that a gateway may have saved all the same; another one is called by its kind."""

_ACCEPTED = "credit card (Visa, MasterCard, American Express) or PayPal"
_CARD_NUMBER = re.compile(r"\d(?:[ -]?\d){11,18}")
_PLAIN_METHOD = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class SavedMeans(Protocol):
    """What is known of a saved method. ``expires_on`` is the first day on which it cannot be used any more."""

    @property
    def id(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def expires_on(self) -> date | None: ...


def why_unusable(method: SavedMeans, today: date) -> str | None:
    """Why nothing can be paid with a saved method on a day, in a few words; None when it can be used at once."""
    if method.kind not in ACCEPTED_KINDS:
        return f"{_OTHER_KINDS.get(method.kind, method.kind)} is not accepted"
    if method.expires_on is not None and today >= method.expires_on:
        return f"expired on {method.expires_on - timedelta(days=1)}"
    return None


def payment_means(method: str | None, saved: Iterable[SavedMeans], *, today: date, contact: str) -> tuple[Refusal, ...]:
    """A saved method, by its id, that pays at once on a day (S5, S6).

    A value that may be a card number or a secret is not repeated, and the refusal points at no attribute, because
    Terraform prints the source of an attribute that an error points at (N8).
    """
    methods = {each.id: each for each in saved}
    usable = [id_ for id_, each in methods.items() if why_unusable(each, today) is None]
    if method in usable:
        return ()
    terms = (
        f"Every order is paid at once, by {_ACCEPTED}. "
        f"Saved methods that can be used: {listed(usable) if usable else 'none'}. "
        f"To pay in another way, write to {contact} before you order."
    )
    if method is None:
        detail = (
            "No payment_method is given, and the account has no default one. Write payment_method here or in the "
            "provider's configuration, set QUALIT_PAYMENT_METHOD, or choose a default with `qualit payment-methods "
            f"default METHOD`. {terms}"
        )
        return (Refusal("S5", "payment_method", "No payment method", detail),)
    if _CARD_NUMBER.search(method):
        detail = (
            "The value of payment_method looks like a card number. Remove it from the program and its history: "
            f"payment_method takes the id of a method that is saved with the account, never a number. {terms}"
        )
        return (Refusal("S5", "", "A card number is not a payment method", detail),)
    if method not in methods and not _PLAIN_METHOD.fullmatch(method):
        detail = f"The value of payment_method is not the id of a saved method. {terms}"
        return (Refusal("S5", "", "Unknown payment method", detail),)
    return (_not_usable(method, methods.get(method), today, terms),)


def _not_usable(method: str, saved: SavedMeans | None, today: date, terms: str) -> Refusal:
    """The refusal of a method by its name: with a reason of its own where it is saved."""
    value = written("payment_method", method)
    if saved is None:
        detail = f"{value} cannot be used to pay at once: the account has no saved method of that id. {terms}"
        return Refusal("S5", "payment_method", "Payment method not accepted", detail)
    reason = why_unusable(saved, today)
    if saved.kind in ACCEPTED_KINDS:
        detail = (
            f"{value} cannot be used any more: this {ACCEPTED_KINDS[saved.kind]} {reason}. Save its successor with "
            f"`qualit payment-methods add`, or write the id of another saved method. {terms}"
        )
        return Refusal("S5", "payment_method", "Expired payment method", detail)
    detail = f"{value} cannot be used to pay at once: {reason}. Write the id of another saved method. {terms}"
    return Refusal("S5", "payment_method", "Payment method not accepted", detail)
