"""Giving money back: listed before it is made, so that it is made once, also after Stripe forgot the key (N1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provider.platform.payments.port import GatewayRefusedError, Refund
from provider.platform.payments.stripe.account import StripeAccount
from provider.platform.payments.stripe.amounts import money_of
from provider.platform.payments.stripe.intents import ACCOUNT, KEY, metadata_of
from provider.platform.payments.stripe.once import once

if TYPE_CHECKING:
    import stripe

_VOID = frozenset({"failed", "canceled"})
"""Refunds of Stripe that gave nothing back."""


def refund(account: StripeAccount, intent_id: str, units: int, key: str) -> Refund:
    """The refund of a key, made if there is none.

    Raises:
        GatewayRefusedError: the customer's bank did not take it.
        stripe.StripeError: as Stripe answers.
    """

    def create(key_sent: str) -> stripe.Refund:
        return account.client.v1.refunds.create(
            {"payment_intent": intent_id, "amount": units, "metadata": {ACCOUNT: account.id, KEY: key}},
            {"idempotency_key": key_sent},
        )

    def made() -> stripe.Refund | None:
        return next((one for one in _listed(account, intent_id) if metadata_of(one).get(KEY) == key), None)

    found = made() or once(account.key(key), create, made)
    if found.status in _VOID:
        raise GatewayRefusedError(
            f"a refund of the payment {intent_id} could not be given back: {found.id} {found.status}; see it in "
            "Stripe's dashboard"
        )
    return _refund_of(found, intent_id)


def refunds(account: StripeAccount, intent_id: str) -> list[Refund]:
    """Oldest first, without those that gave nothing back."""
    return [_refund_of(one, intent_id) for one in reversed(list(_listed(account, intent_id)))]


def _listed(account: StripeAccount, intent_id: str) -> Iterator[stripe.Refund]:
    """As Stripe lists them, newest first."""
    listed = account.client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    return (refund for refund in listed.auto_paging_iter() if refund.status not in _VOID)


def _refund_of(refund: stripe.Refund, intent_id: str) -> Refund:
    """One that was made in Stripe's dashboard has no key."""
    return Refund(refund.id, intent_id, money_of(refund.amount, refund.currency), metadata_of(refund).get(KEY, ""))
