"""Disputes of payments as the platform has noticed them, and what they make of a contract (L8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Label, Row, Select, case, func, insert, select, update

from provider.backend.port import PAID_UNDELIVERED, DisputeStatus, OrderStatus
from provider.money import Money
from provider.platform.database import tables

_disputes = tables.disputes

BOUGHT: frozenset[OrderStatus] = PAID_UNDELIVERED | {"active"}
"""An order that is delivered or being delivered; what is being refunded is owed to its customer anyway."""


@dataclass(frozen=True, slots=True)
class DisputeRecord:
    """A dispute of an order's payment. ``decided_at`` is when the platform noticed what the bank had decided."""

    payment_id: str
    order_id: str
    contract_id: str
    status: DisputeStatus
    amount: Decimal
    currency: str
    opened_at: datetime
    decided_at: datetime | None = None


def get(connection: Connection, payment_id: str) -> DisputeRecord | None:
    row = connection.execute(select(_disputes).where(_disputes.c.payment_id == payment_id)).first()
    return _record(row) if row else None


def every(connection: Connection) -> dict[str, DisputeRecord]:
    """All that there ever were, by payment."""
    return {row.payment_id: _record(row) for row in connection.execute(select(_disputes))}


def note(
    connection: Connection,
    payment_id: str,
    *,
    order_id: str,
    contract_id: str,
    status: DisputeStatus,
    amount: Money,
    at: datetime,
) -> None:
    """Record what a dispute has come to; what is recorded already keeps its instants."""
    known = get(connection, payment_id)
    decided_at = None if status == "open" else at
    if known is None:
        values = {"order_id": order_id, "contract_id": contract_id, "currency": amount.currency, "opened_at": at}
        connection.execute(
            insert(_disputes).values(
                payment_id=payment_id, status=status, amount=amount.amount, decided_at=decided_at, **values
            )
        )
    elif known.status != status:
        connection.execute(
            update(_disputes)
            .where(_disputes.c.payment_id == payment_id)
            .values(status=status, decided_at=decided_at, amount=amount.amount)
        )


def suspending(connection: Connection, contract_id: str) -> DisputeRecord | None:
    """The dispute that suspends a contract: one that was lost, else the oldest that is open."""
    lost_first = case((_disputes.c.status == "lost", 0), else_=1)
    row = connection.execute(
        _of_bought(_disputes)
        .where(_disputes.c.contract_id == contract_id, _disputes.c.status != "won")
        .order_by(lost_first, _disputes.c.opened_at, _disputes.c.payment_id)
        .limit(1)
    ).first()
    return _record(row) if row else None


def instants() -> tuple[Label[Any], Label[Any], Label[Any]]:
    """For a query of contracts: since when each is suspended by a dispute, when one was lost, when one was won."""

    def of_contract(query: Select[Any], name: str) -> Label[Any]:
        return query.where(_disputes.c.contract_id == tables.contracts.c.id).scalar_subquery().label(name)

    return (
        of_contract(_of_bought(func.min(_disputes.c.opened_at)).where(_disputes.c.status != "won"), "disputed_at"),
        of_contract(_of_bought(func.min(_disputes.c.decided_at)).where(_disputes.c.status == "lost"), "lost_at"),
        of_contract(select(func.max(_disputes.c.decided_at)).where(_disputes.c.status == "won"), "won_at"),
    )


def _of_bought(what: Any) -> Select[Any]:
    return (
        select(what)
        .select_from(_disputes.join(tables.orders, tables.orders.c.id == _disputes.c.order_id))
        .where(tables.orders.c.status.in_(BOUGHT))
    )


def _record(row: Row[Any]) -> DisputeRecord:
    return DisputeRecord(**{name: getattr(row, name) for name in DisputeRecord.__slots__})
