"""The account's spending limit, and what its orders of a month come to (P9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, update

from provider.backend.port import UNPAID
from provider.commerce.spending import Spending, month_of
from provider.money import Money
from provider.platform.database import tables

_home, _orders = tables.home, tables.orders
_NOTHING = Decimal("0.00")


def limit(connection: Connection) -> Money | None:
    """The account's spending limit; None where it has none."""
    row = connection.execute(select(_home.c.spending_limit, _home.c.spending_currency)).one()
    return None if row.spending_limit is None else Money(row.spending_limit, row.spending_currency)


def set_limit(connection: Connection, wanted: Money | None) -> None:
    """Set the spending limit, or take it away; orders that were placed are not looked at."""
    amount, currency = (wanted.amount, wanted.currency) if wanted is not None else (None, None)
    connection.execute(update(_home).values(spending_limit=amount, spending_currency=currency))


def spending(connection: Connection, at: datetime, currency: str) -> Spending:
    """What was spent in the month of an instant, in the limit's currency or, without a limit, in this one.

    An order belongs to the month that it was placed in, whenever it is paid. What it was charged, less what went back,
    is its cash in the ledger.
    """
    bound = limit(connection)
    month = Spending(month_of(at), currency)
    if bound is not None:
        month = replace(month, currency=bound.currency, limit=bound.amount)
    in_month = _placed_in(month)
    held = select(func.sum(_orders.c.amount)).where(in_month, _orders.c.status.in_(UNPAID))
    cash = (
        select(func.sum(tables.postings.c.amount))
        .join(tables.journal, tables.journal.c.id == tables.postings.c.journal_id)
        .join(_orders, _orders.c.id == tables.journal.c.order_id)
        .where(in_month, tables.postings.c.account == "cash")
    )
    return replace(month, spent=_sum(connection, cash), held=_sum(connection, held))


def _sum(connection: Connection, query: Select[Any]) -> Decimal:
    total: Decimal | None = connection.execute(query).scalar_one()
    return total if total is not None else _NOTHING


def _placed_in(month: Spending) -> ColumnElement[bool]:
    first, next_first = (datetime.combine(day, time(), UTC) for day in (month.month, month.next_month))
    return and_(_orders.c.currency == month.currency, _orders.c.placed_at >= first, _orders.c.placed_at < next_first)
