"""The ledger: double entry, written once, never changed. One charge and at most one refund for each order.

Money that comes in is positive on ``cash``; ``revenue``, ``credit`` (owed to a contract until its renewal, P6)
and ``refunds`` balance it, so that every entry sums to zero. Called by the purchase's steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from provider.money import Money
from provider.platform.database import tables
from provider.platform.identifiers import new_journal_id

EntryKind = Literal["charge", "refund"]
LedgerAccount = Literal["cash", "revenue", "credit", "refunds"]
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Posting:
    """What an entry moves on one account."""

    account: LedgerAccount
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal as it is recorded."""

    id: str
    order_id: str
    contract_id: str
    kind: EntryKind
    at: datetime
    postings: tuple[Posting, ...]

    @property
    def cash(self) -> Decimal:
        return sum((posting.amount for posting in self.postings if posting.account == "cash"), NOTHING)


def record_charge(
    connection: Connection, *, order_id: str, contract_id: str, amount: Money, credit: Decimal, at: datetime
) -> None:
    """Record what an order was paid with; a due of zero stands there as such (N2). A second time does nothing."""
    _record(
        connection,
        order_id,
        contract_id,
        "charge",
        at,
        amount.currency,
        {"cash": amount.amount, "revenue": credit - amount.amount, "credit": -credit},
    )


def record_refund(
    connection: Connection, *, order_id: str, contract_id: str, amount: Money, credit: Decimal, at: datetime
) -> None:
    """Record that a whole order was given back: its cash as cash, its credit as credit (P6)."""
    _record(
        connection,
        order_id,
        contract_id,
        "refund",
        at,
        amount.currency,
        {"cash": -amount.amount, "refunds": amount.amount - credit, "credit": credit},
    )


def balance(connection: Connection, account: LedgerAccount) -> Decimal:
    """The sum of an account's postings."""
    total = connection.execute(
        select(func.sum(tables.postings.c.amount)).where(tables.postings.c.account == account)
    ).scalar_one()
    return total if total is not None else NOTHING


def entries(connection: Connection) -> Sequence[Entry]:
    """Every entry, oldest first, with its postings."""
    journal = tables.journal
    postings: dict[str, list[Posting]] = defaultdict(list)
    for row in connection.execute(select(tables.postings).order_by(tables.postings.c.account)):
        postings[row.journal_id].append(Posting(row.account, row.amount, row.currency))
    rows = connection.execute(
        select(journal, tables.orders.c.number)
        .outerjoin(tables.orders, tables.orders.c.id == journal.c.order_id)
        .order_by(journal.c.at, tables.orders.c.number, journal.c.kind)
    )
    return [Entry(row.id, row.order_id, row.contract_id, row.kind, row.at, tuple(postings[row.id])) for row in rows]


def credit_of(connection: Connection, contract_id: str) -> Decimal:
    """What a contract has in credit for its next renewal (P6)."""
    total = connection.execute(
        select(func.sum(tables.postings.c.amount))
        .join(tables.journal, tables.journal.c.id == tables.postings.c.journal_id)
        .where(tables.journal.c.contract_id == contract_id, tables.postings.c.account == "credit")
    ).scalar_one()
    return -total if total is not None else NOTHING


def _record(
    connection: Connection,
    order_id: str,
    contract_id: str,
    kind: EntryKind,
    at: datetime,
    currency: str,
    amounts: dict[LedgerAccount, Decimal],
) -> None:
    if sum(amounts.values()) != 0:
        raise ValueError(f"the entry of {order_id} does not balance: {amounts}")
    journal = tables.journal
    known = select(journal.c.id).where(journal.c.order_id == order_id, journal.c.kind == kind)
    if connection.execute(known).first() is not None:
        return
    journal_id = new_journal_id()
    connection.execute(
        insert(journal).values(id=journal_id, order_id=order_id, contract_id=contract_id, kind=kind, at=at)
    )
    postings = [
        {"journal_id": journal_id, "account": account, "amount": amount, "currency": currency}
        for account, amount in amounts.items()
        if amount != 0 or account in ("cash", "revenue")
    ]
    connection.execute(insert(tables.postings), postings)
