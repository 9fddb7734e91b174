"""The ledger: double entry, written once, never changed. One charge and at most one refund for each order.

What happens to a payment from outside has entries of its own, each with a reference that makes it unique: a lost
dispute that of the payment, a refund made by hand its own at the gateway. Money that comes in is positive on ``cash``;
``revenue``, ``credit`` (owed to a contract until its renewal, P6), ``refunds`` and ``disputes`` balance it, so that
every entry sums to zero. Called by the purchase's steps, and by ``disputes``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, insert, select, true

from provider.money import Money
from provider.platform.database import tables
from provider.platform.identifiers import new_journal_id

EntryKind = Literal["charge", "refund", "refund-by-hand", "dispute"]
LedgerAccount = Literal["cash", "revenue", "credit", "refunds", "disputes"]
FROM_OUTSIDE: frozenset[EntryKind] = frozenset({"refund-by-hand", "dispute"})
"""What gave money back without the platform."""
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Posting:
    """What an entry moves on one account."""

    account: LedgerAccount
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal as it is recorded. ``reference`` is the gateway's id of what came from outside."""

    id: str
    order_id: str
    contract_id: str
    kind: EntryKind
    at: datetime
    postings: tuple[Posting, ...]
    reference: str = ""

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
    """Record that a whole order was given back: its cash as cash, its credit as credit (P6).

    What went back from outside before, by hand or to the bank, was recorded then.
    """
    left = amount.amount - given_back_from_outside(connection, order_id)
    _record(
        connection,
        order_id,
        contract_id,
        "refund",
        at,
        amount.currency,
        {"cash": -left, "refunds": left - credit, "credit": credit},
    )


def record_refund_by_hand(
    connection: Connection, *, order_id: str, contract_id: str, refund_id: str, amount: Money, at: datetime
) -> None:
    """Record a refund that somebody made at the gateway. A second time does nothing."""
    _record(
        connection,
        order_id,
        contract_id,
        "refund-by-hand",
        at,
        amount.currency,
        {"cash": -amount.amount, "refunds": amount.amount},
        refund_id,
    )


def record_lost_dispute(
    connection: Connection, *, order_id: str, contract_id: str, payment_id: str, amount: Money, at: datetime
) -> None:
    """Record what the customer's bank took back of a payment. A second time does nothing."""
    _record(
        connection,
        order_id,
        contract_id,
        "dispute",
        at,
        amount.currency,
        {"cash": -amount.amount, "disputes": amount.amount},
        payment_id,
    )


def given_back_from_outside(connection: Connection, order_id: str) -> Decimal:
    """What of an order went back by hand or to the bank."""
    recorded = [entry for entry in of_order(connection, order_id) if entry.kind in FROM_OUTSIDE]
    return -sum((entry.cash for entry in recorded), NOTHING)


def balance(connection: Connection, account: LedgerAccount) -> Decimal:
    """The sum of an account's postings."""
    total = connection.execute(
        select(func.sum(tables.postings.c.amount)).where(tables.postings.c.account == account)
    ).scalar_one()
    return total if total is not None else NOTHING


def entries(connection: Connection) -> Sequence[Entry]:
    """Every entry, oldest first, with its postings."""
    return _entries(connection, true())


def of_order(connection: Connection, order_id: str) -> Sequence[Entry]:
    """The entries of one order."""
    return _entries(connection, tables.journal.c.order_id == order_id)


def credit_of(connection: Connection, contract_id: str) -> Decimal:
    """What a contract has in credit for its next renewal (P6)."""
    total = connection.execute(
        select(func.sum(tables.postings.c.amount))
        .join(tables.journal, tables.journal.c.id == tables.postings.c.journal_id)
        .where(tables.journal.c.contract_id == contract_id, tables.postings.c.account == "credit")
    ).scalar_one()
    return -total if total is not None else NOTHING


def _entries(connection: Connection, which: ColumnElement[bool]) -> Sequence[Entry]:
    journal, accounts = tables.journal, tables.postings
    postings: dict[str, list[Posting]] = defaultdict(list)
    of_these = select(accounts).join(journal, journal.c.id == accounts.c.journal_id).where(which)
    for row in connection.execute(of_these.order_by(accounts.c.account)):
        postings[row.journal_id].append(Posting(row.account, row.amount, row.currency))
    rows = connection.execute(
        select(journal, tables.orders.c.number)
        .outerjoin(tables.orders, tables.orders.c.id == journal.c.order_id)
        .where(which)
        .order_by(journal.c.at, tables.orders.c.number, journal.c.kind, journal.c.reference)
    )
    return [
        Entry(row.id, row.order_id, row.contract_id, row.kind, row.at, tuple(postings[row.id]), row.reference)
        for row in rows
    ]


def _record(
    connection: Connection,
    order_id: str,
    contract_id: str,
    kind: EntryKind,
    at: datetime,
    currency: str,
    amounts: dict[LedgerAccount, Decimal],
    reference: str = "",
) -> None:
    if sum(amounts.values()) != 0:
        raise ValueError(f"the entry of {order_id} does not balance: {amounts}")
    journal = tables.journal
    known = select(journal.c.id).where(
        journal.c.order_id == order_id, journal.c.kind == kind, journal.c.reference == reference
    )
    if connection.execute(known).first() is not None:
        return
    journal_id = new_journal_id()
    connection.execute(
        insert(journal).values(
            id=journal_id, order_id=order_id, contract_id=contract_id, kind=kind, at=at, reference=reference
        )
    )
    postings = [
        {"journal_id": journal_id, "account": account, "amount": amount, "currency": currency}
        for account, amount in amounts.items()
        if amount != 0 or account in ("cash", "revenue")
    ]
    connection.execute(insert(tables.postings), postings)
