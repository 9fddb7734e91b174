"""Confirming a PaymentIntent: first without the customer, and with them where their bank wants to see them.

The customer is not there when a plan is applied, so a saved method is charged off-session. A bank that wants 3-D Secure
then refuses, and Stripe lets go of the method: the intent "requires_payment_method", with the error
"authentication_required". Confirmed again on-session, with the same method, it "requires_action", and Stripe gives
the page on which the customer confirms. It stays one intent, so it is charged at most once (N1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.platform.payments.stripe.intents import EXPAND, METHOD, metadata_of, wants_customer
from provider.platform.payments.stripe.once import once

if TYPE_CHECKING:
    from stripe import PaymentIntent, StripeClient
    from stripe.params import PaymentIntentConfirmParams


def read(client: StripeClient, intent_id: str) -> PaymentIntent:
    return client.v1.payment_intents.retrieve(intent_id, {"expand": [EXPAND]})


def confirm(client: StripeClient, intent_id: str, key: str, *, return_url: str) -> PaymentIntent:
    """The intent after it was confirmed, if it still had to be; a decline is a state of it."""
    intent = read(client, intent_id)
    if intent.status == "requires_confirmation":
        intent = _attempt(client, intent, key, {"off_session": True, "expand": [EXPAND]})
    if wants_customer(intent):
        method = metadata_of(intent)[METHOD]
        on_session: PaymentIntentConfirmParams = {
            "payment_method": method,
            "off_session": False,
            "use_stripe_sdk": False,
            "return_url": return_url,
            "expand": [EXPAND],
        }
        intent = _attempt(client, intent, f"{key}:on-session", on_session)
    return intent


def _attempt(client: StripeClient, before: PaymentIntent, key: str, how: PaymentIntentConfirmParams) -> PaymentIntent:
    import stripe

    def act(key: str) -> PaymentIntent:
        try:
            return client.v1.payment_intents.confirm(before.id, how, {"idempotency_key": key})
        except stripe.CardError:
            # What a decline says is read from the intent, where it is also found when its answer was lost.
            return read(client, before.id)

    def look() -> PaymentIntent | None:
        present = read(client, before.id)
        return present if present.status != before.status else None

    return once(key, act, look)
