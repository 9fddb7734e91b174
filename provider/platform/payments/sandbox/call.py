"""One call of the sandbox gateway: one transaction, remembered with its outcome."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from provider.backend.port import SavedMethod
from provider.money import Money
from provider.platform.payments.port import (
    EventKind,
    GatewayRefusedError,
    GatewayUnavailableError,
    Intent,
    UnknownMethodError,
)
from provider.platform.payments.sandbox.events import write_event
from provider.platform.payments.sandbox.faults import Fault, take
from provider.platform.payments.sandbox.file import open_file
from provider.platform.payments.sandbox.methods import BEHAVIOURS, METHODS, Behaviour

KEY_LIFETIME = timedelta(hours=24)
_Moved = Literal["action_required", "succeeded", "declined", "cancelled"]
_TOLD: Mapping[_Moved, EventKind] = {
    "action_required": "payment.action_required",
    "succeeded": "payment.succeeded",
    "declined": "payment.declined",
    "cancelled": "payment.cancelled",
}
_INTENTS = """
SELECT id, order_id, cents, currency, status, decline_code, action_url,
    (SELECT coalesce(sum(cents), 0) FROM refunds WHERE intent_id = intents.id),
    (SELECT status FROM disputes WHERE intent_id = intents.id)
FROM intents"""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    """What the gateway has of the world: its file, the time, and the patience of its callers."""

    path: Path
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def call(self, operation: str, **request: str) -> Iterator[Call]:
        """One call. A refused one changes nothing and is remembered all the same; then what was arranged strikes."""
        refusal: GatewayRefusedError | UnknownMethodError | None = None
        try:
            with closing(open_file(self.path)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                call = Call(connection, operation, request, self.now().astimezone(UTC))
                call.fault = take(connection, operation)
                call.fail_if_unavailable()
                connection.execute("SAVEPOINT effect")
                try:
                    yield call
                except (GatewayRefusedError, UnknownMethodError) as error:
                    connection.execute("ROLLBACK TO effect")
                    call.outcome = f"refused: {error}"
                    refusal = error
                call.remember("reply lost" if call.fault and call.fault.kind == "lost_reply" else call.outcome)
        except (sqlite3.Error, OSError) as error:
            raise GatewayUnavailableError(f"the sandbox gateway's file {self.path} cannot be used: {error}") from error
        # The transaction is over: nobody else waits for this reply.
        self._reply(call)
        if refusal is not None:
            raise refusal

    def _reply(self, call: Call) -> None:
        if call.fault is None:
            return
        if call.fault.kind == "lost_reply":
            raise GatewayUnavailableError(f"the connection broke before {call.described} was answered")
        self.sleep(call.fault.seconds)


class Call:
    """The inside of one call: its transaction, and what will be remembered of it. ``fault`` strikes its reply."""

    def __init__(self, connection: sqlite3.Connection, operation: str, request: dict[str, str], now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.outcome = ""
        self.fault: Fault | None = None
        self._operation = operation
        self._request = request

    @property
    def described(self) -> str:
        subject = self._request.get("intent") or self._request.get("order")
        return f"{self._operation} of {subject}" if subject else self._operation

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        return self.connection.execute(statement, values)

    # -- intents -------------------------------------------------------------------------------------------
    def intent(self, intent_id: str) -> Intent:
        row = self.execute(f"{_INTENTS} WHERE id = ?", (intent_id,)).fetchone()
        if row is None:
            raise GatewayRefusedError(f"there is no payment {intent_id}")
        return _intent(row)

    def intents(self) -> list[Intent]:
        return [_intent(row) for row in self.execute(f"{_INTENTS} ORDER BY number")]

    def move(self, intent_id: str, status: _Moved, *, decline_code: str | None = None, url: str | None = None) -> None:
        """An intent's new status, and the event that tells it."""
        self.execute(
            "UPDATE intents SET status = ?, decline_code = ?, action_url = ? WHERE id = ?",
            (status, decline_code, url, intent_id),
        )
        self.tell(_TOLD[status], intent_id)

    def tell(self, kind: EventKind, intent_id: str) -> None:
        write_event(self.connection, kind, intent_id, self.now)

    def behaviour_of(self, intent_id: str) -> Behaviour:
        """What its test method does; one of a release that had more methods is charged."""
        (method,) = self.execute("SELECT method FROM intents WHERE id = ?", (intent_id,)).fetchone()
        return BEHAVIOURS.get(method, Behaviour())

    # -- saved methods -------------------------------------------------------------------------------------
    def saved_methods(self) -> list[SavedMethod]:
        """The test methods but for those that were removed: to begin with, all are saved."""
        removed = {id_ for (id_,) in self.execute("SELECT id FROM removed_methods")}
        return [method for method in METHODS if method.id not in removed]

    def check_saved(self, method_id: str) -> None:
        """Raise UnknownMethodError unless a method is saved. An id is not repeated: it may be a card number (N8)."""
        if method_id not in {method.id for method in self.saved_methods()}:
            raise UnknownMethodError("there is no saved payment method of that id")

    def check_method_of(self, intent_id: str) -> None:
        """Raise UnknownMethodError when the method of an intent was removed."""
        (method,) = self.execute("SELECT method FROM intents WHERE id = ?", (intent_id,)).fetchone()
        if method in BEHAVIOURS:
            self.check_saved(method)

    # -- idempotency keys ----------------------------------------------------------------------------------
    def result_of(self, key: str) -> str | None:
        """What the key's first call made; None for a new key, and for one that was forgotten."""
        row = self.execute("SELECT request, result, at FROM keys WHERE idempotency_key = ?", (key,)).fetchone()
        if row is None:
            return None
        request, result, at = row
        if self.now - datetime.fromisoformat(at) >= KEY_LIFETIME:
            self.execute("DELETE FROM keys WHERE idempotency_key = ?", (key,))
            return None
        if request != self._whole_request():
            raise GatewayRefusedError(f"the idempotency key {key} was used for another request")
        return str(result)

    def keep(self, key: str, result: str) -> None:
        self.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (key, self._whole_request(), result, self.now.isoformat()))

    # -- faults --------------------------------------------------------------------------------------------
    def strike(self, intent_id: str) -> None:
        """Let the fault of the intent's test method strike this call, once for each intent.

        Raises:
            GatewayUnavailableError: it is one without an effect, so call this before there is any.
        """
        fault = self.behaviour_of(intent_id).fault_at(self._operation)
        if fault is None:
            return
        if self.execute("UPDATE intents SET faulted = 1 WHERE id = ? AND faulted = 0", (intent_id,)).rowcount:
            self.fault = fault
            self.fail_if_unavailable()

    def fail_if_unavailable(self) -> None:
        if self.fault and self.fault.kind == "unavailable":
            self.remember("unavailable")
            raise GatewayUnavailableError(f"the gateway answered {self.described} with an internal error (503)")

    # -- memory --------------------------------------------------------------------------------------------
    def answer(self, intent: Intent) -> Intent:
        self.outcome = f"{intent.id} {intent.status}"
        return intent

    def remember(self, outcome: str) -> None:
        self.execute(
            "INSERT INTO calls (at, operation, request, outcome) VALUES (?, ?, ?, ?)",
            (self.now.isoformat(), self._operation, json.dumps(self._request, sort_keys=True), outcome),
        )
        self.execute("COMMIT")

    def _whole_request(self) -> str:
        return json.dumps({"operation": self._operation, **self._request}, sort_keys=True)


def cents_of(money: Money) -> int:
    return int(money.amount.scaleb(2))


def money_of(cents: int, currency: str) -> Money:
    return Money(Decimal(cents).scaleb(-2), currency)


def _intent(row: tuple[Any, ...]) -> Intent:
    id_, order_id, cents, currency, status, decline_code, url, refunded, dispute = row
    return Intent(
        id=id_,
        order_id=order_id,
        amount=money_of(cents, currency),
        refunded=money_of(refunded, currency),
        status=status,
        decline_code=decline_code,
        action_url=url,
        dispute=dispute,
    )
