"""Contracts: terms, paid periods, and lines with their bases; and what time makes of them (L2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from provider.backend.port import PAID_UNDELIVERED, ContractKind
from provider.commerce.contract import RESOURCE_TYPES, Contract, Dispute, Improvement, Line, LineKey, Period
from provider.platform.database import tables
from provider.platform.ledger import credit_of
from provider.platform.records import disputes

_contracts = tables.contracts
_COMPUTED = ("paid_until", "is_renewed", "disputed_at", "lost_at", "won_at")

LINES: tuple[LineKey, ...] = ("solution", *RESOURCE_TYPES)

StoredStatus = Literal["ordered", "active", "suspended", "ended"]
"""``ordered`` until the contract's first order is delivered."""


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """A contract beside its lines. ``status`` is the last one that was brought about; see :meth:`status_on`.

    ``is_renewed`` while a renewal is paid for and not delivered. ``max_charge`` bounds what renews itself.
    ``disputed_at`` is when a dispute that suspends it was noticed, ``lost_at`` when one was lost, ``won_at`` when the
    last one was won (L8).
    """

    id: str
    kind: ContractKind
    name: str
    generation: int
    status: StoredStatus
    currency: str
    anchor_day: int
    term_months: int
    payment_method: str
    auto_renew: bool
    grace_days: int
    created_at: datetime
    max_charge: Decimal | None = None
    paid_until: date | None = None
    is_renewed: bool = False
    disputed_at: datetime | None = None
    lost_at: datetime | None = None
    won_at: datetime | None = None

    @property
    def ends_on(self) -> date | None:
        """The day on which machine and disk are deleted; None while nothing ends it: it is renewed, or disputed."""
        if self.lost_at is not None:
            return self.lost_at.date() + timedelta(days=self.grace_days)
        if self.paid_until is None or self.disputed_at is not None or self.is_renewed:
            return None
        # While it was disputed it could not be renewed.
        since = max(self.paid_until, self.won_at.date()) if self.won_at is not None else self.paid_until
        return since + timedelta(days=self.grace_days)

    def status_on(self, day: date) -> StoredStatus:
        """What the contract is on a day: unpaid or disputed it is suspended, and after the grace it ends (L2, L8)."""
        if self.paid_until is None or self.status == "ended":
            return self.status
        if self.ends_on is not None and day >= self.ends_on:
            return "ended"
        return "suspended" if self.disputed_at is not None or day >= self.paid_until else "active"


def insert_ordered(connection: Connection, record: ContractRecord) -> None:
    """Record a contract that is being bought."""
    values = {name: getattr(record, name) for name in record.__slots__ if name not in _COMPUTED}
    connection.execute(insert(_contracts).values(values))


def get(connection: Connection, contract_id: str) -> ContractRecord | None:
    return _first(connection, _contracts.c.id == contract_id)


def living_named(connection: Connection, kind: ContractKind, name: str) -> ContractRecord | None:
    """The contract of this kind and name that has not been ended."""
    return _first(
        connection, (_contracts.c.kind == kind) & (_contracts.c.name == name) & (_contracts.c.status != "ended")
    )


def living(connection: Connection) -> Sequence[ContractRecord]:
    """All that have not been ended, oldest first."""
    rows = connection.execute(
        _select().where(_contracts.c.status != "ended").order_by(_contracts.c.created_at, _contracts.c.name)
    )
    return [_record(row) for row in rows]


def last_generation(connection: Connection, kind: ContractKind, name: str) -> ContractRecord | None:
    """The latest contract of a name, ended or not."""
    rows = connection.execute(
        _select()
        .where(_contracts.c.kind == kind, _contracts.c.name == name)
        .order_by(_contracts.c.generation.desc())
        .limit(1)
    )
    row = rows.first()
    return _record(row) if row else None


def configure(connection: Connection, contract_id: str, **terms: Any) -> None:
    """Change terms that are free to change."""
    if terms:
        connection.execute(update(_contracts).where(_contracts.c.id == contract_id).values(**terms))


def set_status(
    connection: Connection, contract_id: str, status: StoredStatus, *, ended_at: datetime | None = None
) -> None:
    connection.execute(
        update(_contracts).where(_contracts.c.id == contract_id).values(status=status, ended_at=ended_at)
    )


def forget(connection: Connection, contract_id: str) -> None:
    """Remove a contract that was never delivered, with everything that was recorded for it."""
    connection.execute(delete(_contracts).where(_contracts.c.id == contract_id))


def load(connection: Connection, contract_id: str, day: date) -> Contract | None:
    """The contract as a value on a day, with the periods that are not over (the last one when all are).

    None for one that is unknown or not delivered yet.
    """
    record = get(connection, contract_id)
    if record is None or record.paid_until is None:
        return None
    rows = connection.execute(
        select(tables.periods).where(tables.periods.c.contract_id == contract_id).order_by(tables.periods.c.number)
    ).all()
    all_periods = [Period(row.number, row.starts_on, row.ends_on, row.months) for row in rows]
    periods = tuple(period for period in all_periods if period.end > day) or tuple(all_periods[-1:])
    return Contract(
        id=record.id,
        currency=record.currency,
        anchor_day=record.anchor_day,
        term_months=record.term_months,
        periods=periods,
        lines=_lines(connection, contract_id, periods),
        credit=credit_of(connection, contract_id),
        dispute=dispute_of(connection, record),
        undisputed_since=record.won_at.date() if record.won_at is not None else None,
    )


def dispute_of(connection: Connection, record: ContractRecord) -> Dispute | None:
    """The dispute that suspends a contract (L8)."""
    found = disputes.suspending(connection, record.id) if record.disputed_at is not None else None
    if found is None:
        return None
    lost_at = found.decided_at if found.status == "lost" else None
    return Dispute(
        order_id=found.order_id,
        payment_id=found.payment_id,
        amount=found.amount,
        opened_on=found.opened_at.date(),
        lost_on=lost_at.date() if lost_at is not None else None,
        ends_on=record.ends_on if lost_at is not None else None,
    )


def save(connection: Connection, contract: Contract) -> None:
    """Record a contract as it stands. Periods that are over, and their bases, stay as they are."""
    connection.execute(
        update(_contracts)
        .where(_contracts.c.id == contract.id)
        .values(anchor_day=contract.anchor_day, term_months=contract.term_months, currency=contract.currency)
    )
    numbers = [period.index for period in contract.periods]
    for table in (tables.lines, tables.improvements):
        connection.execute(delete(table).where(table.c.contract_id == contract.id))
    bases, periods = tables.bases, tables.periods
    connection.execute(delete(bases).where(bases.c.contract_id == contract.id, bases.c.period.in_(numbers)))
    connection.execute(delete(periods).where(periods.c.contract_id == contract.id, periods.c.number.in_(numbers)))
    for period in contract.periods:
        connection.execute(
            insert(periods).values(
                contract_id=contract.id,
                number=period.index,
                starts_on=period.start,
                ends_on=period.end,
                months=period.months,
            )
        )
    for line in contract.lines.values():
        _insert_line(connection, contract, line)


def _insert_line(connection: Connection, contract: Contract, line: Line) -> None:
    connection.execute(
        insert(tables.lines).values(
            contract_id=contract.id,
            line=line.key,
            revision=line.revision,
            monthly_price=line.monthly_price,
            offer=line.offer,
            os=line.os,
            quantity=line.quantity,
        )
    )
    for period, amount in zip(contract.periods, line.bases, strict=True):
        connection.execute(
            insert(tables.bases).values(contract_id=contract.id, line=line.key, period=period.index, amount=amount)
        )
    for position, improvement in enumerate(line.improvements):
        connection.execute(
            insert(tables.improvements).values(
                contract_id=contract.id,
                line=line.key,
                position=position,
                order_id=improvement.order_id,
                at=improvement.at,
                before=improvement.before,
                after=improvement.after,
            )
        )


def _lines(connection: Connection, contract_id: str, periods: tuple[Period, ...]) -> dict[LineKey, Line]:
    amounts: dict[tuple[LineKey, int], Decimal] = {
        (row.line, row.period): row.amount
        for row in connection.execute(select(tables.bases).where(tables.bases.c.contract_id == contract_id))
    }
    improvements: dict[LineKey, list[Improvement]] = defaultdict(list)
    for row in connection.execute(
        select(tables.improvements)
        .where(tables.improvements.c.contract_id == contract_id)
        .order_by(tables.improvements.c.position)
    ):
        improvements[row.line].append(Improvement(row.at, row.before, row.after, row.order_id))
    lines: dict[LineKey, Line] = {}
    rows = connection.execute(select(tables.lines).where(tables.lines.c.contract_id == contract_id)).all()
    for row in sorted(rows, key=lambda row: LINES.index(row.line)):
        lines[row.line] = Line(
            key=row.line,
            revision=row.revision,
            monthly_price=row.monthly_price,
            bases=tuple(amounts.get((row.line, period.index), Decimal("0.00")) for period in periods),
            offer=row.offer,
            os=row.os,
            quantity=row.quantity,
            improvements=tuple(improvements[row.line]),
        )
    return lines


def _select() -> Any:
    paid_until = (
        select(func.max(tables.periods.c.ends_on))
        .where(tables.periods.c.contract_id == _contracts.c.id)
        .scalar_subquery()
        .label("paid_until")
    )
    renewals = select(tables.orders.c.id).where(
        tables.orders.c.contract_id == _contracts.c.id,
        tables.orders.c.kind == "renewal",
        tables.orders.c.status.in_(PAID_UNDELIVERED),
    )
    return select(_contracts, paid_until, exists(renewals).label("is_renewed"), *disputes.instants())


def _first(connection: Connection, condition: Any) -> ContractRecord | None:
    row = connection.execute(_select().where(condition)).first()
    return _record(row) if row else None


def _record(row: Row[Any]) -> ContractRecord:
    return ContractRecord(**{name: getattr(row, name) for name in ContractRecord.__slots__})
