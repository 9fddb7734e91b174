"""The gateway's events: written with what they tell, delivered as a real gateway does: at least once, in no order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from provider.platform.payments.port import Event, EventKind

AGAIN_EVERY = 3
"""Every third event is delivered a second time ..."""
AGAIN_AFTER = 2
"""... when two more have happened."""


def write_event(connection: sqlite3.Connection, kind: EventKind, intent_id: str, at: datetime) -> None:
    """Write an event, and with it the second delivery of an earlier one whose turn it is."""
    number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM events").fetchone()[0]
    connection.execute(
        "INSERT INTO events (number, id, kind, intent_id, at) VALUES (?, ?, ?, ?, ?)",
        (number, f"evt_{number:08}", kind, intent_id, at.isoformat()),
    )
    if (number - AGAIN_AFTER) % AGAIN_EVERY == 0:
        connection.execute(
            "INSERT INTO events (number, id, kind, intent_id, at)"
            " SELECT number, id, kind, intent_id, at FROM events WHERE number = ?",
            (number - AGAIN_AFTER,),
        )


def delivered_after(connection: sqlite3.Connection, cursor: int) -> Sequence[Event]:
    """The deliveries since a cursor; of every four the first two have changed places."""
    rows = connection.execute(
        "SELECT events.id, cursor, kind, intent_id, order_id, at FROM events"
        " JOIN intents ON intents.id = intent_id WHERE cursor > ? ORDER BY cursor",
        (cursor,),
    ).fetchall()
    events = [
        Event(id_, number, kind, intent_id, order_id, datetime.fromisoformat(at))
        for id_, number, kind, intent_id, order_id, at in rows
    ]
    return sorted(events, key=lambda event: _place(event.cursor))


def _place(cursor: int) -> int:
    return {1: cursor + 1, 2: cursor - 1}.get(cursor % 4, cursor)
