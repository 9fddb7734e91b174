"""The inbox of what a payment gateway told: an event only says that it is worth asking what is true.

Written by the webhook's receiver and by whoever polls the gateway, read by workers.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from provider.platform.database import tables
from provider.platform.payments.port import Event

events = tables.payment_events


def add(connection: Connection, event: Event) -> bool:
    """Keep an event; False when it was kept before. Its cursor is drawn here, so call it in ``write_alone``."""
    if connection.execute(select(events.c.cursor).where(events.c.id == event.id)).first() is not None:
        return False
    connection.execute(
        insert(events).values(
            id=event.id, kind=event.kind, intent_id=event.intent_id, order_id=event.order_id, at=event.at
        )
    )
    return True


def after(connection: Connection, cursor: int) -> Sequence[Event]:
    """What came since a cursor, in the order in which it came."""
    rows = connection.execute(select(events).where(events.c.cursor > cursor).order_by(events.c.cursor))
    return [Event(row.id, row.cursor, row.kind, row.intent_id, row.order_id, row.at) for row in rows]


def known(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of some events that were kept before."""
    return frozenset(connection.execute(select(events.c.id).where(events.c.id.in_(ids))).scalars())


def order_of(connection: Connection, intent_id: str) -> str | None:
    """The order that a payment belongs to; None where it is none of this home."""
    orders = tables.orders
    placed = select(orders.c.id).where(orders.c.intent_id == intent_id)
    told = select(events.c.order_id).where(events.c.intent_id == intent_id).limit(1)
    found: str | None = connection.execute(placed).scalar() or connection.execute(told).scalar()
    return found
