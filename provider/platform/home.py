"""What a home keeps of itself: its account and its kind of clock, which never change; the last instant that was
recorded in it; the account's default payment method."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from provider.backend.port import UnavailableError
from provider.platform.clock import Clock
from provider.platform.database import tables
from provider.platform.database.engine import Database


@dataclass(frozen=True, slots=True)
class Home:
    """``account_id`` is random, drawn when the home was made; everything deterministic is keyed by it."""

    account_id: str
    created_at: datetime


def open_home(database: Database, clock: Clock) -> Home:
    """The home's facts, drawn and recorded when it is opened for the first time.

    Raises:
        UnavailableError: the home is on the other kind of clock (L7).
    """
    with database.read() as connection:
        row = connection.execute(select(tables.home)).one_or_none()
    if row is None:
        row = database.write_alone(lambda connection: _found(connection, clock))
    if row.clock != clock.mode:
        raise UnavailableError(
            "The home is on another clock",
            f"{database.place} was made on {'a test clock' if row.clock == 'test' else 'real time'} and stays on it. "
            + (
                "Set QUALIT_TEST_CLOCK (`test_clock` in the provider block) again, "
                if row.clock == "test"
                else "Unset QUALIT_TEST_CLOCK (`test_clock` in the provider block), "
            )
            + "or set QUALIT_HOME to another folder.",
            rule="L7",
            attribute="test_clock",
        )
    return Home(row.account_id, row.created_at)


def last_instant(connection: Connection) -> datetime:
    """The last instant that was recorded."""
    instant: datetime = connection.execute(select(tables.home.c.last_instant)).scalar_one()
    return instant


def record_instant(connection: Connection, clock: Clock, *, for_order: bool = False) -> datetime:
    """The platform's time, recorded with what is being written.

    Raises:
        RefusedError: ``for_order``, and the clock is too far behind (L7).
    """
    last = last_instant(connection)
    now = clock.check_for_order(last) if for_order else clock.now(last)
    if now > last:
        connection.execute(update(tables.home).values(last_instant=now))
    return now


def default_payment_method(connection: Connection) -> str | None:
    """The saved method that pays for what names none, by its id at the gateway."""
    method: str | None = connection.execute(select(tables.home.c.default_payment_method)).scalar_one()
    return method


def set_default_payment_method(connection: Connection, method_id: str | None) -> None:
    connection.execute(update(tables.home).values(default_payment_method=method_id))


def _found(connection: Connection, clock: Clock) -> Row[Any]:
    existing = connection.execute(select(tables.home)).one_or_none()
    if existing is not None:
        return existing
    now = clock.reading()
    connection.execute(
        insert(tables.home).values(
            id=1, account_id=f"acc-{secrets.token_hex(12)}", clock=clock.mode, created_at=now, last_instant=now
        )
    )
    return connection.execute(select(tables.home)).one()
