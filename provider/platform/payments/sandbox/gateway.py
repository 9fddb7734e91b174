"""The sandbox gateway's port, and what happens outside of the platform: the customer, the bank, the bad days."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from provider.backend.port import SavedMethod
from provider.commerce.policy import listed
from provider.money import Money
from provider.platform.payments.port import (
    Dispute,
    DisputedError,
    Event,
    GatewayRefusedError,
    Intent,
    Refund,
    SetUp,
    UnknownMethodError,
)
from provider.platform.payments.sandbox import faults
from provider.platform.payments.sandbox.call import Call, World, cents_of, money_of, utc_now
from provider.platform.payments.sandbox.events import delivered_after
from provider.platform.payments.sandbox.faults import PURCHASE, SLOW_SECONDS, Fault, FaultKind, Operation
from provider.platform.payments.sandbox.file import GATEWAY_FILE
from provider.platform.payments.sandbox.methods import BEHAVIOURS, FAILED_AUTHENTICATION, METHODS


class SandboxGateway:
    """A gateway over one SQLite file; several processes and threads may use it at once.

    It lives by the real time, whatever clock the home has. ``now`` and ``sleep`` are for tests.
    """

    def __init__(
        self, home: Path, *, now: Callable[[], datetime] = utc_now, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._world = World(home / GATEWAY_FILE, now, sleep)

    # -- the port ------------------------------------------------------------------------------------------
    def methods(self) -> Sequence[SavedMethod]:
        with self._world.call("methods") as call:
            methods = call.saved_methods()
            call.outcome = f"{len(methods)} methods"
            return methods

    def set_up_method(self, wanted: str | None = None) -> SetUp:
        """Save a test method again; one that is saved already stays so."""
        name = _ours(wanted or "")
        with self._world.call("set_up_method", method=name) as call:
            for method in METHODS:
                if method.id == name:
                    call.execute("DELETE FROM removed_methods WHERE id = ?", (name,))
                    return SetUp(url=None, method=method)
            there_are = f"the sandbox has {listed(method.id for method in METHODS)}"
            if wanted is None:
                raise UnknownMethodError(f"name the test method to save: {there_are}")
            raise UnknownMethodError(f"there is no test method of that name: {there_are}")

    def remove_method(self, method_id: str) -> None:
        name = _ours(method_id)
        with self._world.call("remove_method", method=name) as call:
            call.check_saved(name)
            call.execute("INSERT INTO removed_methods VALUES (?)", (name,))

    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        method_id = _ours(method_id)
        with self._world.call(
            "create_intent", order=order_id, amount=str(amount), method=method_id, key=idempotency_key
        ) as call:
            if amount.amount <= 0:
                raise GatewayRefusedError(f"a payment of {amount} is not possible")
            intent_id = call.result_of(idempotency_key)
            if intent_id is None:
                call.check_saved(method_id)
                intent_id = f"pay_{secrets.token_hex(8)}"
                call.execute(
                    "INSERT INTO intents (id, order_id, cents, currency, method, status) VALUES (?, ?, ?, ?, ?, ?)",
                    (intent_id, order_id, cents_of(amount), amount.currency, method_id, "unconfirmed"),
                )
                call.tell("payment.created", intent_id)
                call.keep(idempotency_key, intent_id)
                call.strike(intent_id)
            return call.answer(call.intent(intent_id))

    def retrieve(self, intent_id: str) -> Intent:
        with self._world.call("retrieve", intent=intent_id) as call:
            return call.answer(call.intent(intent_id))

    def confirm(self, intent_id: str, *, idempotency_key: str) -> Intent:
        with self._world.call("confirm", intent=intent_id, key=idempotency_key) as call:
            intent = call.intent(intent_id)
            is_new_key = call.result_of(idempotency_key) is None
            if intent.status == "cancelled":
                raise GatewayRefusedError(f"the payment {intent_id} was cancelled")
            if intent.status == "unconfirmed":
                call.check_method_of(intent_id)
                call.strike(intent_id)
                _charge(call, intent_id)
            if is_new_key:
                call.keep(idempotency_key, intent_id)
            return call.answer(call.intent(intent_id))

    def cancel(self, intent_id: str) -> Intent:
        with self._world.call("cancel", intent=intent_id) as call:
            intent = call.intent(intent_id)
            if intent.status == "succeeded":
                raise GatewayRefusedError(f"the payment {intent_id} has succeeded and cannot be cancelled")
            if intent.status in ("unconfirmed", "action_required"):
                call.move(intent_id, "cancelled")
            return call.answer(call.intent(intent_id))

    def refund(self, intent_id: str, amount: Money, *, idempotency_key: str) -> Refund:
        with self._world.call("refund", intent=intent_id, amount=str(amount), key=idempotency_key) as call:
            refund_id = call.result_of(idempotency_key)
            if refund_id is None:
                _check_refund(call.intent(intent_id), amount)
                refund_id = f"ref_{secrets.token_hex(8)}"
                call.execute(
                    "INSERT INTO refunds (id, intent_id, cents, idempotency_key) VALUES (?, ?, ?, ?)",
                    (refund_id, intent_id, cents_of(amount), idempotency_key),
                )
                call.tell("payment.refunded", intent_id)
                call.keep(idempotency_key, refund_id)
                call.strike(intent_id)
            call.outcome = refund_id
            return Refund(refund_id, intent_id, amount, idempotency_key)

    def refunds(self, intent_id: str) -> Sequence[Refund]:
        with self._world.call("refunds", intent=intent_id) as call:
            currency = call.intent(intent_id).amount.currency
            rows = call.execute(
                "SELECT id, cents, idempotency_key FROM refunds WHERE intent_id = ? ORDER BY number", (intent_id,)
            ).fetchall()
            call.outcome = f"{len(rows)} refunds"
            return [Refund(id_, intent_id, money_of(cents, currency), key) for id_, cents, key in rows]

    def intents(self) -> Sequence[Intent]:
        with self._world.call("intents") as call:
            intents = call.intents()
            call.outcome = f"{len(intents)} intents"
            return intents

    def disputes(self) -> Sequence[Dispute]:
        with self._world.call("disputes") as call:
            rows = call.execute(
                "SELECT disputes.id, intent_id, order_id, disputes.cents, currency, disputes.status FROM disputes"
                " JOIN intents ON intents.id = intent_id ORDER BY disputes.number"
            ).fetchall()
            call.outcome = f"{len(rows)} disputes"
            return [
                Dispute(id_, intent_id, order_id, money_of(cents, currency), status)
                for id_, intent_id, order_id, cents, currency, status in rows
            ]

    def events(self, after: int) -> Sequence[Event]:
        with self._world.call("events", after=str(after)) as call:
            events = delivered_after(call.connection, after)
            call.outcome = f"{len(events)} events"
            return events

    def cash(self) -> Mapping[str, Decimal]:
        with self._world.call("cash") as call:
            total: dict[str, Money] = {}
            for intent in call.intents():
                currency = intent.amount.currency
                total[currency] = total.get(currency, money_of(0, currency)) + intent.kept
            call.outcome = ", ".join(str(money) for money in total.values()) or "nothing"
            return {currency: money.amount for currency, money in total.items()}

    # -- what the customer and the bank do -----------------------------------------------------------------
    def confirm_as_customer(self, intent_id: str) -> Intent:
        """What the customer does at the intent's ``action_url``: the payment is charged."""
        with self._world.call("customer_confirms", intent=intent_id) as call:
            _check_waits(call.intent(intent_id))
            call.move(intent_id, "succeeded")
            return call.answer(call.intent(intent_id))

    def fail_as_customer(self, intent_id: str) -> Intent:
        """The customer does not pass 3-D Secure: the payment is declined."""
        with self._world.call("customer_fails", intent=intent_id) as call:
            _check_waits(call.intent(intent_id))
            call.move(intent_id, "declined", decline_code=FAILED_AUTHENTICATION)
            return call.answer(call.intent(intent_id))

    def open_dispute(self, intent_id: str) -> Dispute:
        """The customer's bank asks for what is left of a payment; until it is resolved nothing of it is refunded."""
        with self._world.call("dispute_opened", intent=intent_id) as call:
            return _dispute(call, intent_id)

    def resolve_dispute(self, intent_id: str, outcome: Literal["won", "lost"]) -> Intent:
        """The bank decides: ``won`` leaves the money with the seller, ``lost`` takes it back."""
        if outcome not in ("won", "lost"):
            raise ValueError(f"a dispute is won or lost, not {outcome}")
        with self._world.call(f"dispute_{outcome}", intent=intent_id) as call:
            intent = call.intent(intent_id)
            if intent.dispute != "open":
                raise GatewayRefusedError(f"the payment {intent_id} has no open dispute")
            call.execute("UPDATE disputes SET status = ? WHERE intent_id = ?", (outcome, intent_id))
            call.tell("dispute.won" if outcome == "won" else "dispute.lost", intent_id)
            return call.answer(call.intent(intent_id))

    # -- the bad days --------------------------------------------------------------------------------------
    def arrange(self, operation: Operation, fault: FaultKind, times: int = 1, *, seconds: float = SLOW_SECONDS) -> None:
        """Let the next ``times`` calls of an operation, by whichever process, meet a fault (see ``faults``)."""
        with self._world.call("arrange", fault=fault, at=operation, times=str(times)) as call:
            faults.arrange(call.connection, operation, Fault(fault, seconds if fault == "slow" else 0), times)

    def storm(
        self,
        rate: float,
        seed: int,
        *,
        kinds: Sequence[FaultKind] = ("unavailable", "lost_reply"),
        operations: Sequence[Operation] = PURCHASE,
        seconds: float = SLOW_SECONDS,
    ) -> None:
        """Let calls meet faults at random, at a rate from 0 to 1, until ``calm``; the same seed strikes the same."""
        with self._world.call("storm", rate=str(rate), seed=str(seed)) as call:
            faults.storm(call.connection, rate, seed, kinds, operations, seconds)

    def calm(self) -> None:
        """Forget every fault that was arranged and has not struck yet, and the storm."""
        with self._world.call("calm") as call:
            faults.calm(call.connection)


def _ours(method_id: str) -> str:
    """A test method's id, or nothing: another one may be a card number, so it is not remembered nor repeated (N8)."""
    return method_id if method_id in BEHAVIOURS else ""


def _charge(call: Call, intent_id: str) -> None:
    """Charge an unconfirmed intent, as its test method does."""
    behaviour = call.behaviour_of(intent_id)
    if behaviour.decline_code:
        call.move(intent_id, "declined", decline_code=behaviour.decline_code)
    elif behaviour.asks_customer:
        call.move(intent_id, "action_required", url=f"https://sandbox-gateway.example/3d-secure/{intent_id}")
    else:
        call.move(intent_id, "succeeded")
        if behaviour.is_disputed:
            _dispute(call, intent_id)


def _check_waits(intent: Intent) -> None:
    if intent.status != "action_required":
        raise GatewayRefusedError(f"the payment {intent.id} is {intent.status} and waits for nobody")


def _check_refund(intent: Intent, amount: Money) -> None:
    if intent.dispute in ("open", "lost"):
        raise DisputedError(
            f"{amount} cannot be refunded: the dispute of the payment {intent.id} is {intent.dispute}, and it decides "
            "who gets the money"
        )
    if amount.amount <= 0 or amount > intent.kept:
        raise GatewayRefusedError(
            f"{amount} cannot be refunded: the payment {intent.id} of {intent.amount} is {intent.status} and "
            f"{intent.refunded} of it were refunded"
        )


def _dispute(call: Call, intent_id: str) -> Dispute:
    intent = call.intent(intent_id)
    if not intent.kept or intent.dispute is not None:
        before = "was disputed before" if intent.dispute else f"is {intent.status} and {intent.kept} of it are left"
        raise GatewayRefusedError(f"the payment {intent_id} cannot be disputed: it {before}")
    dispute = Dispute(f"dis_{secrets.token_hex(8)}", intent_id, intent.order_id, intent.kept, "open")
    call.execute(
        "INSERT INTO disputes (id, intent_id, cents, status) VALUES (?, ?, ?, ?)",
        (dispute.id, intent_id, cents_of(dispute.amount), dispute.status),
    )
    call.tell("dispute.opened", intent_id)
    call.outcome = dispute.id
    return dispute
