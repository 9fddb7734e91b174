"""A PaymentIntent of Stripe as the port's intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from provider.platform.payments.port import Intent, IntentStatus
from provider.platform.payments.stripe.amounts import money_of
from provider.platform.payments.stripe.disputes import present_status

if TYPE_CHECKING:
    from stripe import Charge, Dispute, PaymentIntent

ACCOUNT, ORDER, METHOD, KEY = "qualit_account", "qualit_order", "qualit_method", "qualit_key"
"""The metadata that every object of ours has at Stripe, as far as it concerns it."""

EXPAND = "latest_charge"
"""What a payment is read with: the charge knows what was refunded, and whether it is disputed."""

_STATUS: Mapping[str, IntentStatus] = {
    "requires_confirmation": "unconfirmed",
    "requires_action": "action_required",
    # On its way: neither paid nor declined yet. Who waits for it asks again; it is not confirmed a second time.
    "processing": "unconfirmed",
    "requires_capture": "unconfirmed",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
AUTHENTICATION_REQUIRED = "authentication_required"
_FAILED_AUTHENTICATION = frozenset({AUTHENTICATION_REQUIRED, "payment_intent_authentication_failure"})


def intent_of(intent: PaymentIntent, disputes: Sequence[Dispute] = ()) -> Intent:
    """The port's intent; ``disputes`` are those of its charge."""
    charge = charge_of(intent)
    status = status_of(intent)
    return Intent(
        id=intent.id,
        order_id=metadata_of(intent).get(ORDER, ""),
        amount=money_of(intent.amount, intent.currency),
        refunded=money_of(charge.amount_refunded if charge else 0, intent.currency),
        status=status,
        decline_code=decline_code_of(intent) if status == "declined" else None,
        action_url=action_url_of(intent) if status == "action_required" else None,
        dispute=present_status(disputes),
    )


def status_of(intent: PaymentIntent) -> IntentStatus:
    """A payment that failed is declined, unless its bank only wants the customer to be there, whom nobody asked yet."""
    if intent.status == "requires_payment_method":
        return "unconfirmed" if wants_customer(intent) else "declined"
    return _STATUS.get(intent.status, "unconfirmed")


def wants_customer(intent: PaymentIntent) -> bool:
    """Whether it was refused without its customer, because the bank wants to see them (3-D Secure)."""
    if intent.status != "requires_payment_method" or intent.last_payment_error is None:
        return False
    error = intent.last_payment_error
    return AUTHENTICATION_REQUIRED in (getattr(error, "code", None), getattr(error, "decline_code", None))


def decline_code_of(intent: PaymentIntent) -> str | None:
    """Why it was declined, in the words of Stripe's list of decline codes."""
    error = intent.last_payment_error
    if error is None:
        return None
    code: str | None = getattr(error, "code", None)
    if code in _FAILED_AUTHENTICATION:
        return AUTHENTICATION_REQUIRED
    return getattr(error, "decline_code", None) or code


def action_url_of(intent: PaymentIntent) -> str | None:
    """Where the customer confirms it: at the bank's page, or at PayPal."""
    # The SDK's objects lack what Stripe left out, so these are asked for with care.
    redirect = getattr(intent.next_action, "redirect_to_url", None)
    url: str | None = getattr(redirect, "url", None)
    return url


def charge_of(intent: PaymentIntent) -> Charge | None:
    charge = intent.latest_charge
    return charge if charge is not None and not isinstance(charge, str) else None


def is_disputed(intent: PaymentIntent) -> bool:
    charge = charge_of(intent)
    return charge is not None and bool(charge.disputed)


def metadata_of(thing: object) -> Mapping[str, str]:
    """The metadata of any object of Stripe, as a plain mapping."""
    metadata = getattr(thing, "metadata", None)
    if metadata is None:
        return {}
    plain = metadata if isinstance(metadata, dict) else metadata.to_dict()
    return {str(name): str(value) for name, value in plain.items()}
