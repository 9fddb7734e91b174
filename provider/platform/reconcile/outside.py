"""What happened to a payment from outside, after it bought something: disputes (L8), refunds by hand (N9).

Called by ``compare``; pure, as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from provider.money import Money
from provider.platform.ledger import Entry
from provider.platform.payments.port import Intent
from provider.platform.reconcile.facts import OrderFact
from provider.platform.reconcile.finding import Finding, TakeNotice
from provider.platform.records.disputes import BOUGHT


def from_outside(
    order: OrderFact, own: Intent | None, intents: list[Intent], entries: list[Entry]
) -> Iterator[Finding]:
    """What others did to the payments of an order; ``own`` is the one that it was paid with."""
    is_sound = own is not None and order.status in BOUGHT and _is_sound(order, own, entries)
    for intent in intents:
        if intent.status == "succeeded" and intent.dispute is not None:
            yield from _dispute(order, intent, suspends=is_sound and intent is own)
    if own is not None and own.refunded and is_sound:
        yield from _refunded_by_hand(order, own, entries)


def pays(own: Intent | None, order: OrderFact) -> bool:
    """Whether a payment paid for an order, and exactly that."""
    return own is not None and own.status == "succeeded" and own.amount == order.due


def _is_sound(order: OrderFact, own: Intent, entries: list[Entry]) -> bool:
    """Whether an order was paid as it should and its charge stands in the ledger; else that is what is reported."""
    return pays(own, order) and any(entry.kind == "charge" and entry.cash == own.amount.amount for entry in entries)


def _dispute(order: OrderFact, intent: Intent, *, suspends: bool) -> Iterator[Finding]:
    """``suspends``: it is of the payment that an order which is bought was paid with, so it suspends the contract."""
    amount = intent.amount - intent.refunded
    repair = TakeNotice(order.id) if suspends and order.dispute != intent.dispute else None
    if intent.dispute == "open":
        follows = " Until then its server is suspended." if suspends and not order.is_over else ""
        yield Finding(
            "dispute-open",
            order.id,
            f"The customer's bank disputes the payment {intent.id} for {order.name} ({amount}).",
            f"Answer it at the gateway. Until the bank decides, nothing is refunded.{follows}",
            order.contract_id,
            severity="information",
            repair=repair,
        )
    elif intent.dispute == "lost" and order.status != "refunded":
        yield Finding(
            "dispute-lost",
            order.id,
            f"The bank took {amount} back for {order.name} (payment {intent.id}): the dispute was lost.",
            "It stands in the ledger. The server is suspended, and ends after its grace from the day of the loss."
            if suspends and not order.is_over
            else "Nothing is left to do.",
            order.contract_id,
            severity="information",
            repair=repair,
        )
    elif order.dispute == "open" and repair is not None:
        yield Finding(
            "dispute-won",
            order.id,
            f"The bank left you {amount} for {order.name} (payment {intent.id}), and its server is suspended.",
            "It comes back as its customer had it.",
            order.contract_id,
            repair=repair,
        )


def _refunded_by_hand(order: OrderFact, own: Intent, entries: list[Entry]) -> Iterator[Finding]:
    """Of an order that is bought nothing was ever refunded by the platform; what is being refunded goes on by itself.

    A ledger that has more of it than the gateway is a difference without a reason, which is reported as such.
    """
    in_ledger = -sum((entry.cash for entry in entries if entry.kind == "refund-by-hand"), Decimal("0.00"))
    wrong = f"{own.refunded} of {order.due} for {order.name} were refunded by hand at the gateway"
    if in_ledger < own.refunded.amount:
        yield Finding(
            "refunded-by-hand",
            order.id,
            f"{wrong}, and the ledger has {Money(in_ledger, order.due.currency)} of that.",
            "It is recorded in the ledger. What becomes of the server is for the team to decide.",
            order.contract_id,
            repair=TakeNotice(order.id),
        )
    elif in_ledger == own.refunded.amount:
        yield Finding(
            "refunded-by-hand",
            order.id,
            f"{wrong}, and stand in the ledger.",
            "Its contract is over, so nothing is left to do."
            if order.is_over
            else f"The server runs on, as it was ordered. Whether {order.name} is ended or left to its customer is for "
            "the team to decide.",
            order.contract_id,
            severity="information",
        )
