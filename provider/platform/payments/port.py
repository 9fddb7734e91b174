"""The payment gateway port: the outside world that moves money.

A payment intent succeeds at most once. Writes carry an idempotency key; the truth about an intent is what
``retrieve`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from provider.backend.port import SavedMethod
from provider.money import Money

IntentStatus = Literal["unconfirmed", "action_required", "succeeded", "declined", "cancelled"]


class GatewayUnavailableError(Exception):
    """No answer, or an answer of 5xx: whether the call took effect is unknown until ``retrieve``."""


class UnknownMethodError(Exception):
    """The gateway has no saved method of that id."""


class GatewayRefusedError(Exception):
    """The gateway refused the request for good; no money moved."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment intent as the gateway knows it. ``decline_code`` is set when declined, ``action_url`` when the
    customer must confirm."""

    id: str
    order_id: str
    amount: Money
    refunded: Money
    status: IntentStatus
    decline_code: str | None = None
    action_url: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for an intent; ``key`` is the idempotency key that it was made with."""

    id: str
    intent_id: str
    amount: Money
    key: str


class PaymentGateway(Protocol):
    def methods(self) -> Sequence[SavedMethod]: ...

    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        """Create an unconfirmed intent; the same key gives the same intent."""
        ...

    def retrieve(self, intent_id: str) -> Intent: ...

    def confirm(self, intent_id: str, *, idempotency_key: str) -> Intent:
        """Charge it. A declined card is an intent with status ``declined``, not an exception."""
        ...

    def cancel(self, intent_id: str) -> Intent:
        """Cancel an intent; GatewayRefusedError when it has succeeded."""
        ...

    def refund(self, intent_id: str, amount: Money, *, idempotency_key: str) -> Refund:
        """Give money back; GatewayRefusedError when it is more than is left of the payment."""
        ...

    def refunds(self, intent_id: str) -> Sequence[Refund]: ...

    def intents(self) -> Sequence[Intent]:
        """All of them, oldest first."""
        ...
