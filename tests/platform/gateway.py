"""What the tests of the payment gateways share: a payment of ten euros, and a time that the test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from provider.money import Money
from provider.platform.payments.port import Intent
from provider.platform.payments.sandbox import SandboxGateway
from tests.stripe.facade import Facade, serving
from tests.stripe.gateways import StripeWithOutside, stripe_gateway

AnyGateway = SandboxGateway | StripeWithOutside
TEN = Money(Decimal("10.00"), "EUR")


class Calendar:
    """The gateway's time, which passes when the test says so."""

    def __init__(self) -> None:
        self._instant = datetime(2026, 1, 31, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self._instant

    def pass_by(self, *, hours: int = 0, minutes: int = 0) -> None:
        self._instant += timedelta(hours=hours, minutes=minutes)


def gateway_named(name: str, folder: Path) -> Iterator[AnyGateway]:
    """A gateway that nobody has used."""
    if name == "sandbox":
        yield SandboxGateway(folder)
        return
    (folder / "stripe").mkdir()
    with serving(Facade(folder / "stripe")) as facade, stripe_gateway(facade, folder / "home") as gateway:
        yield gateway


def create(gateway: AnyGateway, method: str = "test-visa", key: str = "create", amount: Money = TEN) -> Intent:
    return gateway.create_intent(order_id="ord-1", amount=amount, method_id=method, idempotency_key=key)


def paid(gateway: AnyGateway, method: str = "test-visa") -> Intent:
    """What confirming a payment by a method answers."""
    return gateway.confirm(create(gateway, method).id, idempotency_key="confirm")
