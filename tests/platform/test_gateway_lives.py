"""N1 and N9 at the gateway: whatever is called in whatever order on whatever day, money moves once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provider.money import Money
from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from provider.platform.payments.sandbox.faults import PURCHASE
from tests.platform.gateway import Calendar

ORDERS = st.integers(0, 1)
KEYS = st.sampled_from(["a", "b"])
CENTS = st.integers(1, 1200)
Step = tuple[Any, ...]
STEPS = st.one_of(
    st.tuples(st.just("create"), ORDERS, st.sampled_from([method.id for method in METHODS])),
    st.tuples(st.just("confirm"), ORDERS, KEYS),
    st.tuples(st.just("refund"), ORDERS, KEYS, CENTS),
    st.tuples(st.sampled_from(["cancel", "customer", "stranger", "dispute", "won", "lost"]), ORDERS),
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("fault"), st.sampled_from(PURCHASE), st.sampled_from(["unavailable", "lost_reply", "slow"])),
)


class Till:
    """Who calls the gateway without understanding it, and never learns more than it says."""

    def __init__(self, home: Path) -> None:
        self.calendar = Calendar()
        self.gateway = SandboxGateway(home, now=self.calendar.now, sleep=lambda _: None)

    def take(self, step: Step) -> None:
        with suppress(GatewayRefusedError, GatewayUnavailableError):
            self._do(*step)

    def _do(self, what: str, first: Any, *more: Any) -> None:
        gateway = self.gateway
        if what == "wait":
            self.calendar.pass_by(hours=first)
        elif what == "fault":
            gateway.arrange(first, more[0])
        elif what == "create":
            gateway.create_intent(
                order_id=f"ord-{first}",
                amount=Money(Decimal("10.00"), "EUR"),
                method_id=more[0],
                idempotency_key=f"ord-{first}:create",
            )
        else:
            self._do_to_an_intent(what, self._intent_of(first), *more)

    def _do_to_an_intent(self, what: str, intent_id: str, *more: Any) -> None:
        gateway = self.gateway
        if what == "confirm":
            gateway.confirm(intent_id, idempotency_key=f"confirm-{more[0]}")
        elif what == "refund":
            gateway.refund(intent_id, Money(Decimal(more[1]).scaleb(-2), "EUR"), idempotency_key=f"refund-{more[0]}")
        else:
            doing: dict[str, Callable[[str], object]] = {
                "cancel": gateway.cancel,
                "customer": gateway.confirm_as_customer,
                "stranger": gateway.fail_as_customer,
                "dispute": gateway.open_dispute,
                "won": lambda payment: gateway.resolve_dispute(payment, "won"),
                "lost": lambda payment: gateway.resolve_dispute(payment, "lost"),
            }
            doing[what](intent_id)

    def _intent_of(self, order: int) -> str:
        """The newest intent of an order, or one that nobody has made."""
        return next((i.id for i in reversed(self.gateway.intents()) if i.order_id == f"ord-{order}"), "pay_none")


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_n1_n9_no_calls_in_any_order_charge_an_intent_twice_or_refund_more_than_it_took(steps: list[Step]) -> None:
    with TemporaryDirectory() as home:
        till = Till(Path(home))
        # A payment that was taken, so that what comes after a charge is tried often.
        for step in (("create", 0, "test-visa"), ("confirm", 0, "a"), *steps):
            till.take(step)
        gateway = till.gateway
        gateway.calm()
        told = {event.id: event for event in gateway.events(0)}
        moved = Decimal(0)
        for intent in gateway.intents():
            kinds = [event.kind for event in told.values() if event.intent_id == intent.id]
            given_back = sum((refund.amount.amount for refund in gateway.refunds(intent.id)), Decimal(0))
            charged = kinds.count("payment.succeeded")
            assert charged == (intent.status == "succeeded")
            assert given_back == intent.refunded.amount <= intent.amount.amount * charged
            moved += intent.amount.amount * charged - given_back
        lost = [dispute.amount.amount for dispute in gateway.disputes() if dispute.status == "lost"]
        assert gateway.cash() == {"EUR": moved - sum(lost)}
        assert moved >= sum(lost)
