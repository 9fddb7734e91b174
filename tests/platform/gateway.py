"""What the tests of the sandbox gateway share: a payment of ten euros, and a time that the test chooses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from provider.money import Money
from provider.platform.payments.port import Intent
from provider.platform.payments.sandbox import SandboxGateway

TEN = Money(Decimal("10.00"), "EUR")


class Calendar:
    """The gateway's time, which passes when the test says so."""

    def __init__(self) -> None:
        self._instant = datetime(2026, 1, 31, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self._instant

    def pass_by(self, *, hours: int = 0, minutes: int = 0) -> None:
        self._instant += timedelta(hours=hours, minutes=minutes)


def create(gateway: SandboxGateway, method: str = "test-visa", key: str = "create", amount: Money = TEN) -> Intent:
    return gateway.create_intent(order_id="ord-1", amount=amount, method_id=method, idempotency_key=key)


def paid(gateway: SandboxGateway, method: str = "test-visa") -> Intent:
    """What confirming a payment by a method answers."""
    return gateway.confirm(create(gateway, method).id, idempotency_key="confirm")
