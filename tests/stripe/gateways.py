"""The Stripe gateway with the outside world that the sandbox has: so that one test can try them both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from provider.money import Money
from provider.platform.clock import Clock
from provider.platform.database.engine import make_home, open_database
from provider.platform.database.schema import bring_up_to_date
from provider.platform.home import open_home
from provider.platform.payments.port import Intent
from provider.platform.payments.sandbox.faults import FaultKind, Operation
from provider.platform.payments.stripe import StripeGateway
from tests.stripe.facade import Facade
from tests.stripe.objects import STRIPE_METHODS, sandbox_id


class StripeWithOutside(StripeGateway):
    """Takes the sandbox's names of methods, and does what the customer and the bank do at the façade."""

    facade: Facade

    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        return super().create_intent(
            order_id=order_id,
            amount=amount,
            method_id=STRIPE_METHODS.get(method_id, method_id),
            idempotency_key=idempotency_key,
        )

    def confirm_as_customer(self, intent_id: str) -> Intent:
        self.facade.sandbox.confirm_as_customer(sandbox_id(intent_id))
        return self.retrieve(intent_id)

    def fail_as_customer(self, intent_id: str) -> Intent:
        self.facade.sandbox.fail_as_customer(sandbox_id(intent_id))
        return self.retrieve(intent_id)

    def open_dispute(self, intent_id: str) -> Any:
        return self.facade.sandbox.open_dispute(sandbox_id(intent_id))

    def resolve_dispute(self, intent_id: str, outcome: Literal["won", "lost"]) -> Intent:
        self.facade.sandbox.resolve_dispute(sandbox_id(intent_id), outcome)
        return self.retrieve(intent_id)

    def arrange(self, operation: Operation, fault: FaultKind, times: int = 1) -> None:
        self.facade.sandbox.arrange(operation, fault, times)


@contextmanager
def stripe_gateway(
    facade: Facade, home: Path, account_id: str | None = None, *, database_url: str | None = None
) -> Iterator[StripeWithOutside]:
    """A gateway whose account has the façade's methods saved."""
    make_home(home)
    database = open_database(home, database_url)
    bring_up_to_date(database)
    known = open_home(database, Clock(None), "stripe")
    gateway = StripeWithOutside(facade.settings, account_id or known.account_id, database, poll_seconds=0)
    gateway.facade = facade
    gateway.set_up_method()
    try:
        yield gateway
    finally:
        database.close()
