"""What a home keeps of itself: account, clock and gateway; the last instant recorded in it; the default method."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from provider.backend.port import UnavailableError
from provider.configuration import PaymentGatewayName
from provider.platform.clock import Clock
from provider.platform.database import tables
from provider.platform.database.engine import Database


@dataclass(frozen=True, slots=True)
class Home:
    """``account_id`` is random, drawn when the home was made; everything deterministic is keyed by it."""

    account_id: str
    created_at: datetime


def open_home(database: Database, clock: Clock, gateway: PaymentGatewayName) -> Home:
    """The home's facts, drawn and recorded when it is opened for the first time.

    Raises:
        UnavailableError: the home is on the other kind of clock (L7), or pays with another gateway.
    """
    with database.read() as connection:
        row = connection.execute(select(tables.home)).one_or_none()
    if row is None:
        row = database.write_alone(lambda connection: _found(connection, clock, gateway))
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
    if row.gateway != gateway:
        database.write(lambda connection: _change_gateway(connection, gateway, database.place))
    return Home(row.account_id, row.created_at)


def gateway_customer(connection: Connection) -> str | None:
    """What the payment gateway calls this account; None where that is not known yet."""
    customer: str | None = connection.execute(select(tables.home.c.gateway_customer)).scalar_one()
    return customer


def keep_gateway_customer(connection: Connection, customer_id: str) -> str:
    """Remember the account's name at the gateway. The first one stays; gives the one that is remembered."""
    mine = update(tables.home).where(tables.home.c.gateway_customer.is_(None))
    connection.execute(mine.values(gateway_customer=customer_id))
    return gateway_customer(connection) or customer_id


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


def _change_gateway(connection: Connection, gateway: PaymentGatewayName, place: str) -> None:
    """Let a home pay with another gateway, as long as nothing was ordered: an order's payment is known to one only."""
    present = connection.execute(select(tables.home.c.gateway)).scalar_one()
    if present == gateway:
        return
    if connection.execute(select(tables.orders.c.id).limit(1)).first() is not None:
        raise UnavailableError(
            "The home pays with another gateway",
            f"{place} has orders that were paid with the gateway {present}, and only that one knows their payments. "
            f"Set QUALIT_PAYMENT_GATEWAY (`payment_gateway` in the provider block) to {present} again, or set "
            "QUALIT_HOME to another folder.",
            attribute="payment_gateway",
        )
    connection.execute(update(tables.home).values(gateway=gateway, gateway_customer=None))


def _found(connection: Connection, clock: Clock, gateway: PaymentGatewayName) -> Row[Any]:
    existing = connection.execute(select(tables.home)).one_or_none()
    if existing is not None:
        return existing
    now = clock.reading()
    connection.execute(
        insert(tables.home).values(
            id=1,
            account_id=f"acc-{secrets.token_hex(12)}",
            clock=clock.mode,
            created_at=now,
            last_instant=now,
            gateway=gateway,
        )
    )
    return connection.execute(select(tables.home)).one()
