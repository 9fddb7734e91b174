"""Receipts and credit notes as they were written: two series of numbers a year, each without a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from provider.platform.database import tables
from provider.platform.ledger import EntryKind
from provider.platform.receipts.document import Receipt, receipt_from_json, receipt_to_json

_receipts = tables.receipts
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
    """The number that follows the last one of its series and year.

    It is read and used in one transaction: on SQLite writers wait for each other, on PostgreSQL the second of two that
    read the same last number cannot be serialised, and runs again.
    """
    year = at.astimezone(UTC).year
    query = select(func.max(_receipts.c.serial)).where(_receipts.c.series == series, _receipts.c.year == year)
    return Number(series, year, (connection.execute(query).scalar_one() or 0) + 1)


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
    """Numbers below the last of their series and year that no document has."""
    rows = connection.execute(
        select(_receipts.c.series, _receipts.c.year, _receipts.c.serial).order_by(
            _receipts.c.series, _receipts.c.year, _receipts.c.serial
        )
    )
    return tuple(str(number) for number in _gaps(Number(row.series, row.year, row.serial) for row in rows))


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


def _gaps(numbers: Iterator[Number]) -> Iterator[Number]:
    for (series, year), group in groupby(numbers, key=lambda number: (number.series, number.year)):
        expected = 1
        for number in group:
            yield from (Number(series, year, serial) for serial in range(expected, number.serial))
            expected = number.serial + 1
