"""The test methods: each does one thing that a real card may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from provider.backend.port import SavedMethod
from provider.platform.payments.sandbox.faults import SLOW_SECONDS, Fault, Operation

_UNAVAILABLE = Fault("unavailable")
_LOST_REPLY = Fault("lost_reply")
_SLOW = Fault("slow", SLOW_SECONDS)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens to a payment by a test method. ``fault`` strikes the first call of its operation on each intent."""

    decline_code: str | None = None
    asks_customer: bool = False
    is_disputed: bool = False
    fault: tuple[Operation, Fault] | None = None

    def fault_at(self, operation: str) -> Fault | None:
        return self.fault[1] if self.fault and self.fault[0] == operation else None


_EXPIRED_ON = date(2020, 1, 1)

_ALL = (
    (SavedMethod("test-visa", "visa", "Visa (test)"), Behaviour()),
    (SavedMethod("test-mastercard", "mastercard", "MasterCard (test)"), Behaviour()),
    (SavedMethod("test-amex", "amex", "American Express (test)"), Behaviour()),
    (SavedMethod("test-paypal", "paypal", "PayPal (test)"), Behaviour()),
    (
        SavedMethod("test-declined", "visa", "Visa that is declined (test)"),
        Behaviour(decline_code="card_declined"),
    ),
    (
        SavedMethod("test-insufficient-funds", "mastercard", "MasterCard with insufficient funds (test)"),
        Behaviour(decline_code="insufficient_funds"),
    ),
    (
        SavedMethod("test-expired-card", "amex", "American Express that has expired (test)"),
        Behaviour(decline_code="expired_card"),
    ),
    (
        SavedMethod("test-lost-card", "visa", "Visa that was reported lost (test)"),
        Behaviour(decline_code="lost_card"),
    ),
    (
        SavedMethod("test-processing-error", "mastercard", "MasterCard that cannot be processed (test)"),
        Behaviour(decline_code="processing_error"),
    ),
    (
        SavedMethod("test-3ds", "visa", "Visa that asks for 3-D Secure (test)"),
        Behaviour(asks_customer=True),
    ),
    (
        SavedMethod("test-lost-reply", "visa", "Visa whose reply is lost once (test)"),
        Behaviour(fault=("confirm", _LOST_REPLY)),
    ),
    (
        SavedMethod("test-lost-reply-create", "visa", "Visa whose payment is created with the reply lost once (test)"),
        Behaviour(fault=("create_intent", _LOST_REPLY)),
    ),
    (
        SavedMethod("test-lost-reply-refund", "visa", "Visa whose refund has its reply lost once (test)"),
        Behaviour(fault=("refund", _LOST_REPLY)),
    ),
    (
        SavedMethod("test-5xx", "mastercard", "MasterCard whose first charge meets an error of the gateway (test)"),
        Behaviour(fault=("confirm", _UNAVAILABLE)),
    ),
    (
        SavedMethod("test-slow", "paypal", "PayPal that answers after some seconds (test)"),
        Behaviour(fault=("confirm", _SLOW)),
    ),
    (
        SavedMethod("test-disputed", "visa", "Visa whose payment is disputed afterwards (test)"),
        Behaviour(is_disputed=True),
    ),
    (
        SavedMethod("test-expired", "visa", "Visa that expired while it was saved (test)", _EXPIRED_ON),
        Behaviour(decline_code="expired_card"),
    ),
    (SavedMethod("test-unionpay", "unionpay", "UnionPay, which is not accepted (test)"), Behaviour()),
)

METHODS: tuple[SavedMethod, ...] = tuple(method for method, _ in _ALL)
BEHAVIOURS: Mapping[str, Behaviour] = {method.id: behaviour for method, behaviour in _ALL}
FAILED_AUTHENTICATION = "authentication_required"
"""The decline code of a payment whose customer did not pass 3-D Secure."""
