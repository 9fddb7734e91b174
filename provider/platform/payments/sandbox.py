"""The sandbox gateway: a payment gateway with test methods only, which moves no real money.

It stands for the outside world, so it keeps a file of its own, remembers every call, and enforces what a real
gateway does: a payment succeeds at most once, an idempotency key belongs to one request, and no more is
refunded than was charged. The embedded platform uses it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from provider.backend.port import SavedMethod
from provider.money import Money
from provider.platform.database.file import create_sqlite_file
from provider.platform.payments.port import (
    GatewayRefusedError,
    GatewayUnavailableError,
    Intent,
    Refund,
    UnknownMethodError,
)

GATEWAY_FILE = "sandbox-gateway.sqlite3"
METHODS = (
    SavedMethod("test-visa", "visa", "Visa (test)"),
    SavedMethod("test-mastercard", "mastercard", "MasterCard (test)"),
    SavedMethod("test-amex", "amex", "American Express (test)"),
    SavedMethod("test-paypal", "paypal", "PayPal (test)"),
    SavedMethod("test-declined", "visa", "Visa that is declined (test)"),
    SavedMethod("test-3ds", "visa", "Visa that asks for 3-D Secure (test)"),
    SavedMethod("test-lost-reply", "visa", "Visa whose reply is lost once (test)"),
)
SCHEMA = """
CREATE TABLE intents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL, cents INTEGER NOT NULL,
    currency TEXT NOT NULL, method TEXT NOT NULL, status TEXT NOT NULL, decline_code TEXT, action_url TEXT,
    reply_lost INTEGER NOT NULL DEFAULT 0);
CREATE TABLE refunds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, intent_id TEXT NOT NULL REFERENCES intents (id),
    cents INTEGER NOT NULL, idempotency_key TEXT NOT NULL);
CREATE TABLE keys (
    idempotency_key TEXT PRIMARY KEY, request TEXT NOT NULL, result TEXT NOT NULL);
CREATE TABLE calls (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL,
    outcome TEXT NOT NULL);
"""
BUSY_SECONDS = 30


class SandboxGateway:
    """A gateway over one SQLite file; several processes and threads may use it at once."""

    def __init__(self, home: Path) -> None:
        self._path = home / GATEWAY_FILE

    # -- the port ------------------------------------------------------------------------------------------
    def methods(self) -> Sequence[SavedMethod]:
        with self._call("methods") as call:
            call.outcome = f"{len(METHODS)} methods"
        return METHODS

    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        with self._call(
            "create_intent", order=order_id, amount=str(amount), method=method_id, key=idempotency_key
        ) as call:
            if method_id not in {method.id for method in METHODS}:
                raise UnknownMethodError(f"there is no saved payment method {method_id}")
            if amount.amount <= 0:
                raise GatewayRefusedError(f"a payment of {amount} is not possible")
            intent_id = call.result_of(idempotency_key)
            if intent_id is None:
                intent_id = f"pay_{secrets.token_hex(8)}"
                call.execute(
                    "INSERT INTO intents (id, order_id, cents, currency, method, status) VALUES (?, ?, ?, ?, ?, ?)",
                    (intent_id, order_id, _cents(amount), amount.currency, method_id, "unconfirmed"),
                )
                call.keep(idempotency_key, intent_id)
            return call.answer(call.intent(intent_id))

    def retrieve(self, intent_id: str) -> Intent:
        with self._call("retrieve", intent=intent_id) as call:
            return call.answer(call.intent(intent_id))

    def confirm(self, intent_id: str, *, idempotency_key: str) -> Intent:
        with self._call("confirm", intent=intent_id, key=idempotency_key) as call:
            intent = call.intent(intent_id)
            if call.result_of(idempotency_key) is None:
                call.keep(idempotency_key, intent_id)
            if intent.status == "cancelled":
                raise GatewayRefusedError(f"the payment {intent_id} was cancelled")
            if intent.status == "unconfirmed":
                _charge(call, intent_id)
            return call.answer(call.intent(intent_id))

    def cancel(self, intent_id: str) -> Intent:
        with self._call("cancel", intent=intent_id) as call:
            intent = call.intent(intent_id)
            if intent.status == "succeeded":
                raise GatewayRefusedError(f"the payment {intent_id} has succeeded and cannot be cancelled")
            if intent.status in ("unconfirmed", "action_required"):
                call.execute("UPDATE intents SET status = 'cancelled' WHERE id = ?", (intent_id,))
            return call.answer(call.intent(intent_id))

    def refund(self, intent_id: str, amount: Money, *, idempotency_key: str) -> Refund:
        with self._call("refund", intent=intent_id, amount=str(amount), key=idempotency_key) as call:
            refund_id = call.result_of(idempotency_key)
            if refund_id is None:
                intent = call.intent(intent_id)
                if amount.amount <= 0 or intent.status != "succeeded" or amount > intent.amount - intent.refunded:
                    raise GatewayRefusedError(
                        f"{amount} cannot be refunded: the payment {intent_id} of {intent.amount} is "
                        f"{intent.status} and {intent.refunded} of it were refunded"
                    )
                refund_id = f"ref_{secrets.token_hex(8)}"
                call.execute(
                    "INSERT INTO refunds (id, intent_id, cents, idempotency_key) VALUES (?, ?, ?, ?)",
                    (refund_id, intent_id, _cents(amount), idempotency_key),
                )
                call.keep(idempotency_key, refund_id)
            call.outcome = refund_id
            return Refund(refund_id, intent_id, amount, idempotency_key)

    def refunds(self, intent_id: str) -> Sequence[Refund]:
        with self._call("refunds", intent=intent_id) as call:
            currency = call.intent(intent_id).amount.currency
            rows = call.execute(
                "SELECT id, cents, idempotency_key FROM refunds WHERE intent_id = ? ORDER BY number", (intent_id,)
            ).fetchall()
            call.outcome = f"{len(rows)} refunds"
            return [Refund(id_, intent_id, _money(cents, currency), key) for id_, cents, key in rows]

    def intents(self) -> Sequence[Intent]:
        with self._call("intents") as call:
            rows = call.execute("SELECT id FROM intents ORDER BY number").fetchall()
            call.outcome = f"{len(rows)} intents"
            return [call.intent(id_) for (id_,) in rows]

    # -- what happens outside of the platform --------------------------------------------------------------
    def confirm_as_customer(self, intent_id: str) -> Intent:
        """What the customer does at the intent's ``action_url``: the payment is charged."""
        with self._call("customer_confirms", intent=intent_id) as call:
            intent = call.intent(intent_id)
            if intent.status != "action_required":
                raise GatewayRefusedError(f"the payment {intent_id} is {intent.status} and waits for nobody")
            call.execute("UPDATE intents SET status = 'succeeded', action_url = NULL WHERE id = ?", (intent_id,))
            return call.answer(call.intent(intent_id))

    @contextmanager
    def _call(self, operation: str, **request: str) -> Iterator[_Call]:
        """One call: one transaction, remembered with its outcome also when it is refused."""
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                call = _Call(connection, operation, request)
                try:
                    yield call
                except _ReplyLostError:
                    call.remember("reply lost")
                    raise
                except (GatewayRefusedError, UnknownMethodError) as error:
                    connection.execute("ROLLBACK")
                    connection.execute("BEGIN IMMEDIATE")
                    call.remember(f"refused: {error}")
                    raise
                else:
                    call.remember(call.outcome)
        except (sqlite3.Error, OSError) as error:
            raise GatewayUnavailableError(f"the sandbox gateway's file {self._path} cannot be used: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        create_sqlite_file(self._path, SCHEMA)
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection


class _ReplyLostError(GatewayUnavailableError):
    """The call took effect and its reply did not arrive."""


class _Call:
    """The inside of one call: its transaction and what will be remembered of it."""

    def __init__(self, connection: sqlite3.Connection, operation: str, request: dict[str, str]) -> None:
        self._connection = connection
        self._operation = operation
        self._request = request
        self.outcome = ""

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def intent(self, intent_id: str) -> Intent:
        row = self.execute(
            "SELECT order_id, cents, currency, status, decline_code, action_url,"
            " (SELECT coalesce(sum(cents), 0) FROM refunds WHERE intent_id = intents.id) FROM intents WHERE id = ?",
            (intent_id,),
        ).fetchone()
        if row is None:
            raise GatewayRefusedError(f"there is no payment {intent_id}")
        order_id, cents, currency, status, decline_code, action_url, refunded = row
        return Intent(
            intent_id, order_id, _money(cents, currency), _money(refunded, currency), status, decline_code, action_url
        )

    def result_of(self, key: str) -> str | None:
        """What the key's first call answered; None for a new key."""
        row = self.execute("SELECT request, result FROM keys WHERE idempotency_key = ?", (key,)).fetchone()
        if row is None:
            return None
        if row[0] != self._described():
            raise GatewayRefusedError(f"the idempotency key {key} was used for another request")
        return str(row[1])

    def keep(self, key: str, result: str) -> None:
        self.execute("INSERT INTO keys VALUES (?, ?, ?)", (key, self._described(), result))

    def answer(self, intent: Intent) -> Intent:
        self.outcome = f"{intent.id} {intent.status}"
        return intent

    def remember(self, outcome: str) -> None:
        self.execute(
            "INSERT INTO calls (at, operation, request, outcome) VALUES (?, ?, ?, ?)",
            (datetime.now(UTC).isoformat(), self._operation, json.dumps(self._request, sort_keys=True), outcome),
        )
        self.execute("COMMIT")

    def _described(self) -> str:
        return json.dumps({"operation": self._operation, **self._request}, sort_keys=True)


def _charge(call: _Call, intent_id: str) -> None:
    """Charge an unconfirmed intent, as its test method says."""
    method, lost = call.execute("SELECT method, reply_lost FROM intents WHERE id = ?", (intent_id,)).fetchone()
    status, decline_code, url = "succeeded", None, None
    if method == "test-declined":
        status, decline_code = "declined", "card_declined"
    elif method == "test-3ds":
        status, url = "action_required", f"https://sandbox-gateway.example/3d-secure/{intent_id}"
    call.execute(
        "UPDATE intents SET status = ?, decline_code = ?, action_url = ? WHERE id = ?",
        (status, decline_code, url, intent_id),
    )
    if method == "test-lost-reply" and not lost:
        call.execute("UPDATE intents SET reply_lost = 1 WHERE id = ?", (intent_id,))
        raise _ReplyLostError(f"the connection broke while the payment {intent_id} was confirmed")


def _cents(money: Money) -> int:
    return int(money.amount.scaleb(2))


def _money(cents: int, currency: str) -> Money:
    return Money(Decimal(cents).scaleb(-2), currency)
