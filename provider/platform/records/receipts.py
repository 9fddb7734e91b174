"""Receipts and credit notes as they were written: two series of numbers a year, each without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from provider.platform.database import tables
from provider.platform.ledger import EntryKind
from provider.platform.receipts.document import Receipt, receipt_from_json, receipt_to_json

_receipts = tables.receipts
_series = tables.receipt_series
_journal = tables.journal

Series = Literal["R", "C"]
"""Receipts, and credit notes: tax offices ask that each series counts without a gap."""

DOCUMENTED: tuple[EntryKind, ...] = ("charge", "refund")
"""The kinds of entries that have a document each."""


@dataclass(frozen=True, slots=True)
class Number:
    """A document's number, such as ``R-2026-000001``. The year is that of its date in UTC."""

    series: Series
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.serial:06}"


def next_number(connection: Connection, series: Series, at: datetime) -> Number:
    """Take the number that follows the last one of its series and year.

    The series is counted in a row of its own: of two transactions that count at once, PostgreSQL lets the second run
    again, whatever else they read, and SQLite lets it wait. One that is rolled back has not counted.
    """
    year = at.astimezone(UTC).year
    insert_or = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    counted = (
        insert_or(_series)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": _series.c.last + 1})
        .returning(_series.c.last)
    )
    return Number(series, year, connection.execute(counted).scalar_one())


def insert_receipt(connection: Connection, number: Number, journal_id: str, document: Receipt) -> None:
    connection.execute(
        insert(_receipts).values(
            number=str(number),
            series=number.series,
            year=number.year,
            serial=number.serial,
            journal_id=journal_id,
            order_id=document.order_id,
            issued_at=document.issued_at,
            document=receipt_to_json(document),
        )
    )


def of_entry(connection: Connection, order_id: str, kind: EntryKind) -> Receipt | None:
    """The document of an order's charge or of its refund."""
    query = select(_receipts.c.document).join(_journal, _journal.c.id == _receipts.c.journal_id)
    document = connection.execute(query.where(_journal.c.order_id == order_id, _journal.c.kind == kind)).scalar()
    return receipt_from_json(document) if document is not None else None


def get(connection: Connection, number: str) -> Receipt | None:
    document = connection.execute(select(_receipts.c.document).where(_receipts.c.number == number)).scalar()
    return receipt_from_json(document) if document is not None else None


def every(connection: Connection, *, order_id: str | None = None) -> Sequence[Receipt]:
    """Oldest first, a receipt before its credit note; all of them, or an order's."""
    query = select(_receipts.c.document).order_by(_receipts.c.issued_at, _receipts.c.series.desc(), _receipts.c.serial)
    if order_id is not None:
        query = query.where(_receipts.c.order_id == order_id)
    return [receipt_from_json(document) for document in connection.execute(query).scalars()]


def missing_numbers(connection: Connection) -> tuple[str, ...]:
    """Numbers that were given and that no document has."""
    found = {
        Number(row.series, row.year, row.serial)
        for row in connection.execute(select(_receipts.c.series, _receipts.c.year, _receipts.c.serial))
    }
    given = connection.execute(select(_series).order_by(_series.c.year, _series.c.series.desc()))
    numbers = (Number(row.series, row.year, serial) for row in given for serial in range(1, row.last + 1))
    return tuple(str(number) for number in numbers if number not in found)


def entries_without(connection: Connection, contract_id: str | None = None) -> Sequence[tuple[str, EntryKind]]:
    """Entries of the ledger without their document, oldest first, as order and kind; all, or a contract's."""
    query = (
        select(_journal.c.order_id, _journal.c.kind)
        .outerjoin(_receipts, _receipts.c.journal_id == _journal.c.id)
        .join(tables.orders, tables.orders.c.id == _journal.c.order_id)
        .where(_receipts.c.number.is_(None), _journal.c.kind.in_(DOCUMENTED))
        .order_by(_journal.c.at, tables.orders.c.number, _journal.c.kind)
    )
    if contract_id is not None:
        query = query.where(_journal.c.contract_id == contract_id)
    return [(row.order_id, row.kind) for row in connection.execute(query)]
