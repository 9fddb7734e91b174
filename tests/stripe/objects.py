"""What Stripe answers, made from what the sandbox gateway knows; only the fields that anybody reads."""

from __future__ import annotations

from typing import Any

from provider.money import Money
from provider.platform.payments.port import Dispute, Event, Intent, Refund
from provider.platform.payments.sandbox import METHODS
from provider.platform.payments.sandbox.methods import FAILED_AUTHENTICATION

CREATED = 1_769_850_000
_PREFIXES = (("pi_", "pay_"), ("re_", "ref_"), ("du_", "dis_"))
_STATUS = {
    "unconfirmed": "requires_confirmation",
    "action_required": "requires_action",
    "succeeded": "succeeded",
    "declined": "requires_payment_method",
    "cancelled": "canceled",
}
_OF_THEIR_OWN = frozenset({"expired_card", "processing_error"})
"""Decline codes that are error codes as well; the others come under "card_declined"."""
_EVENTS = {
    "payment.created": "payment_intent.created",
    "payment.action_required": "payment_intent.requires_action",
    "payment.succeeded": "payment_intent.succeeded",
    "payment.declined": "payment_intent.payment_failed",
    "payment.cancelled": "payment_intent.canceled",
    "payment.refunded": "charge.refunded",
    "dispute.opened": "charge.dispute.created",
    "dispute.won": "charge.dispute.closed",
    "dispute.lost": "charge.dispute.closed",
}

STRIPE_METHODS = {method.id: f"pm_{method.id.replace('-', '')}" for method in METHODS}
SANDBOX_METHODS = {stripe: sandbox for sandbox, stripe in STRIPE_METHODS.items()}


def stripe_id(sandbox_id: str) -> str:
    return next((s + sandbox_id.removeprefix(p) for s, p in _PREFIXES if sandbox_id.startswith(p)), sandbox_id)


def sandbox_id(stripe_id: str) -> str:
    return next((p + stripe_id.removeprefix(s) for s, p in _PREFIXES if stripe_id.startswith(s)), stripe_id)


def units(money: Money) -> int:
    return int(money.amount.scaleb(2))


def payment_method(sandbox_method: str) -> dict[str, Any]:
    method = next(method for method in METHODS if method.id == sandbox_method)
    found: dict[str, Any] = {"id": STRIPE_METHODS[method.id], "object": "payment_method", "created": CREATED}
    if method.kind == "paypal":
        return {**found, "type": "paypal", "paypal": {"payer_email": "anna@example.com"}}
    card = {"brand": method.kind, "last4": "4242", "exp_month": 12, "exp_year": 2027}
    return {**found, "type": "card", "card": card}


def payment_intent(intent: Intent, *, wants_customer: bool, expanded: bool, **kept: Any) -> dict[str, Any]:
    status = "requires_payment_method" if wants_customer else _STATUS[intent.status]
    error = None
    if wants_customer:
        error = {"type": "card_error", "code": FAILED_AUTHENTICATION, "decline_code": FAILED_AUTHENTICATION}
    elif intent.status == "declined":
        error = card_error(intent.decline_code or "")
    action = None
    if intent.action_url:
        url = intent.action_url.replace("/pay_", "/pi_")
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
    id_ = stripe_id(intent.id)
    return {
        "id": id_,
        "object": "payment_intent",
        "amount": units(intent.amount),
        "currency": intent.amount.currency.lower(),
        "created": CREATED,
        "status": status,
        "last_payment_error": error,
        "next_action": action,
        "latest_charge": charge(intent) if expanded else f"ch_{id_}",
        **kept,
    }


def charge(intent: Intent) -> dict[str, Any] | None:
    if intent.status != "succeeded":
        return None
    return {
        "id": f"ch_{stripe_id(intent.id)}",
        "object": "charge",
        "amount_refunded": units(intent.refunded),
        "disputed": intent.dispute is not None,
        "payment_intent": stripe_id(intent.id),
    }


def card_error(code: str) -> dict[str, Any]:
    if code == FAILED_AUTHENTICATION:
        return {"type": "card_error", "code": "payment_intent_authentication_failure", "message": "It was not passed."}
    own = code if code in _OF_THEIR_OWN else "card_declined"
    return {"type": "card_error", "code": own, "decline_code": code, "message": "Your card was declined."}


def refund(refund: Refund, metadata: dict[str, str]) -> dict[str, Any]:
    return {
        "id": stripe_id(refund.id),
        "object": "refund",
        "amount": units(refund.amount),
        "currency": refund.amount.currency.lower(),
        "created": CREATED,
        "payment_intent": stripe_id(refund.intent_id),
        "status": "succeeded",
        "metadata": metadata,
    }


def dispute(dispute: Dispute, number: int) -> dict[str, Any]:
    return {
        "id": stripe_id(dispute.id),
        "object": "dispute",
        "amount": units(dispute.amount),
        "currency": dispute.amount.currency.lower(),
        "created": CREATED + number,
        "payment_intent": stripe_id(dispute.intent_id),
        "status": "needs_response" if dispute.status == "open" else dispute.status,
        "metadata": {},
    }


def event(event: Event, metadata: dict[str, str]) -> dict[str, Any]:
    """With what Stripe says of the object; a dispute has no metadata of the payment."""
    id_ = stripe_id(event.intent_id)
    thing: dict[str, Any] = {"id": id_, "object": "payment_intent", "metadata": metadata}
    if event.kind == "payment.refunded":
        thing = {"id": f"ch_{id_}", "object": "charge", "payment_intent": id_, "metadata": metadata}
    elif event.kind.startswith("dispute."):
        status = event.kind.removeprefix("dispute.").replace("opened", "needs_response")
        thing = {"id": f"du_{id_}", "object": "dispute", "payment_intent": id_, "metadata": {}, "status": status}
    return {
        "id": event.id,
        "object": "event",
        "type": _EVENTS[event.kind],
        "created": int(event.at.timestamp()),
        "data": {"object": thing},
    }
