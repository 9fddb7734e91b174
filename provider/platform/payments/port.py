"""The payment gateway port: the outside world that moves money.

A payment intent succeeds at most once. Writes carry an idempotency key, which the gateway forgets after 24 hours:
so an intent's id is stored before it is confirmed. The truth about an intent is what ``retrieve`` says; events only
say that it is worth asking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from provider.backend.port import DisputeStatus, SavedMethod
from provider.money import Money

IntentStatus = Literal["unconfirmed", "action_required", "succeeded", "declined", "cancelled"]
EventKind = Literal[
    "payment.created",
    "payment.action_required",
    "payment.succeeded",
    "payment.declined",
    "payment.cancelled",
    "payment.refunded",
    "dispute.opened",
    "dispute.won",
    "dispute.lost",
]


class GatewayUnavailableError(Exception):
    """No answer, or an answer of 5xx: whether the call took effect is unknown until ``retrieve``."""


class GatewayKeyError(GatewayUnavailableError):
    """The gateway does not know who is calling: its key is missing, wrong, or of another account.

    Nothing is lost by it: what needs the gateway waits until the key is set right.
    """


class UnknownMethodError(Exception):
    """The gateway has no saved method of that id, or has it no more."""


class GatewayRefusedError(Exception):
    """The gateway refused the request for good; no money moved."""


class DisputedError(GatewayRefusedError):
    """A refund of a disputed payment: the dispute decides who gets the money."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment intent as the gateway knows it. ``decline_code`` is set when declined, ``action_url`` when the
    customer must confirm, ``dispute`` once the payment was disputed."""

    id: str
    order_id: str
    amount: Money
    refunded: Money
    status: IntentStatus
    decline_code: str | None = None
    action_url: str | None = None
    dispute: DisputeStatus | None = None

    @property
    def kept(self) -> Money:
        """What of it the seller has: nothing unless it succeeded, less refunds and what a lost dispute took back."""
        if self.status != "succeeded" or self.dispute == "lost":
            return self.amount - self.amount
        return self.amount - self.refunded


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for an intent; ``key`` is the idempotency key that it was made with."""

    id: str
    intent_id: str
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """The customer's bank asks for a payment back: all of it that was not refunded when the dispute was opened."""

    id: str
    intent_id: str
    order_id: str
    amount: Money
    status: DisputeStatus


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a payment. The same event may come more than once, with the same ``id`` and a new
    ``cursor``; ``at`` is when it happened."""

    id: str
    cursor: int
    kind: EventKind
    intent_id: str
    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a method is saved: a link for the customer to open, or, in the sandbox, the method that was saved at once."""

    url: str | None
    method: SavedMethod | None


class PaymentGateway(Protocol):
    def methods(self) -> Sequence[SavedMethod]: ...

    def set_up_method(self, wanted: str | None = None) -> SetUp:
        """Begin to save a method. ``wanted`` names a test method of the sandbox; another gateway does not need it.

        Raises:
            UnknownMethodError: the sandbox has none of that name, or was not told which; its words say which there are.
        """
        ...

    def remove_method(self, method_id: str) -> None:
        """Remove a saved method: nothing new is charged to it. What was charged before can still be refunded.

        Raises:
            UnknownMethodError: there is none of that id.
        """
        ...

    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        """Create an unconfirmed intent; the same key gives the same intent for 24 hours, and later another one.

        Raises:
            UnknownMethodError: there is no saved method of that id.
        """
        ...

    def retrieve(self, intent_id: str) -> Intent: ...

    def confirm(self, intent_id: str, *, idempotency_key: str) -> Intent:
        """Charge it. A declined card is an intent with status ``declined``, not an exception.

        Raises:
            UnknownMethodError: its method was removed before it was charged; it is still unconfirmed.
        """
        ...

    def cancel(self, intent_id: str) -> Intent:
        """Cancel an intent; GatewayRefusedError when it has succeeded."""
        ...

    def refund(self, intent_id: str, amount: Money, *, idempotency_key: str) -> Refund:
        """Give money back; GatewayRefusedError when it is more than is left, DisputedError when it is disputed."""
        ...

    def refunds(self, intent_id: str) -> Sequence[Refund]: ...

    def intents(self) -> Sequence[Intent]:
        """All of them, oldest first."""
        ...

    def disputes(self) -> Sequence[Dispute]:
        """All of them, oldest first, also those that are over."""
        ...

    def events(self, after: int) -> Sequence[Event]:
        """What was delivered since the cursor ``after`` (0: from the beginning), each event at least once.

        Not in order and not only once: remember the greatest cursor, and ask ``retrieve`` what is true.
        """
        ...

    def cash(self) -> Mapping[str, Decimal]:
        """By currency what the gateway itself counts: charges less refunds and lost disputes (N9)."""
        ...
