"""What goes wrong on purpose: arranged from outside, and kept in the gateway's file so that it holds across processes.

==============  ================================================================================================
unavailable     the gateway answers 5xx; the call had no effect, and its idempotency key may be used again
lost_reply      the call has its effect, and the connection breaks before the answer; to the caller, the same
slow            the call has its effect, and the answer comes some seconds later
==============  ================================================================================================
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Operation = Literal[
    "methods",
    "set_up_method",
    "remove_method",
    "create_intent",
    "retrieve",
    "confirm",
    "cancel",
    "refund",
    "refunds",
    "intents",
    "disputes",
    "events",
    "cash",
]
FaultKind = Literal["unavailable", "lost_reply", "slow"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
PURCHASE: tuple[Operation, ...] = ("create_intent", "retrieve", "confirm", "cancel", "refund")
"""The operations that a purchase needs, on which a storm strikes unless it is told otherwise."""
SLOW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    seconds: float = 0.0


def arrange(connection: sqlite3.Connection, operation: Operation, fault: Fault, times: int) -> None:
    """Let the next ``times`` calls of an operation meet a fault, after those that were arranged before."""
    _check([operation], [fault.kind])
    if times < 1:
        raise ValueError(f"a fault strikes once or more often, not {times} times")
    connection.execute(
        "INSERT INTO faults (operation, kind, seconds, times) VALUES (?, ?, ?, ?)",
        (operation, fault.kind, fault.seconds, times),
    )


def storm(
    connection: sqlite3.Connection,
    rate: float,
    seed: int,
    kinds: Sequence[FaultKind],
    operations: Sequence[Operation],
    seconds: float,
) -> None:
    """Let calls meet faults at random until it is calmed; the same seed strikes the same calls, counted from here."""
    _check(operations, kinds)
    if not 0 <= rate <= 1 or not kinds:
        raise ValueError("a storm has a rate from 0 to 1 and at least one kind of fault")
    connection.execute(
        "INSERT OR REPLACE INTO storm VALUES (1, ?, ?, ?, ?, ?, 0)",
        (rate, seed, json.dumps(list(kinds)), json.dumps(list(operations)), seconds),
    )


def calm(connection: sqlite3.Connection) -> None:
    """Forget the storm and every fault that has not struck yet."""
    connection.execute("DELETE FROM faults")
    connection.execute("DELETE FROM storm")


def take(connection: sqlite3.Connection, operation: str) -> Fault | None:
    """The fault that strikes this call, used up by it."""
    arranged = connection.execute(
        "SELECT number, kind, seconds FROM faults WHERE operation = ? AND times > 0 ORDER BY number LIMIT 1",
        (operation,),
    ).fetchone()
    if arranged is None:
        return _of_the_storm(connection, operation)
    number, kind, seconds = arranged
    connection.execute("UPDATE faults SET times = times - 1 WHERE number = ?", (number,))
    return Fault(kind, seconds)


def _of_the_storm(connection: sqlite3.Connection, operation: str) -> Fault | None:
    row = connection.execute("SELECT rate, seed, kinds, operations, seconds, calls FROM storm").fetchone()
    if row is None:
        return None
    rate, seed, kinds, operations, seconds, calls = row
    if operation not in json.loads(operations):
        return None
    connection.execute("UPDATE storm SET calls = calls + 1")
    # A hash and no generator: the n-th call meets the same in whichever process it is made.
    digest = hashlib.sha256(f"{seed}:{calls}".encode()).digest()
    if int.from_bytes(digest[:6]) / 2**48 >= rate:
        return None
    choices = json.loads(kinds)
    kind: FaultKind = choices[digest[6] % len(choices)]
    return Fault(kind, seconds if kind == "slow" else 0.0)


def _check(operations: Sequence[str], kinds: Sequence[str]) -> None:
    unknown = {*operations} - {*OPERATIONS} | {*kinds} - {*get_args(FaultKind)}
    if unknown:
        raise ValueError(f"the sandbox gateway has no operation or fault called {', '.join(sorted(unknown))}")
