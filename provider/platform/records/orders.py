"""Orders: what was asked for, at what price, and how far it came. Each moves one line of one contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from provider.backend.port import OrderKind, OrderStatus, OrderView
from provider.commerce.contract import Contract, Ordered
from provider.commerce.proposal import Proposal, proposal_from_json, proposal_to_json
from provider.money import Money
from provider.platform.database import tables

_orders = tables.orders

WaitsFor = Literal["customer", "bank", "gateway", "host", "records", "worker"]
"""Whom an order waits for that no run takes forward: its customer's confirmation, the payment gateway, the host of its
machine, the records themselves; or just for a worker."""

Restart = Literal["allowed", "begun"]
"""Of an order that may restart its server to deliver what the running machine cannot take; ``begun`` before the machine
is shut down for it, so that whoever goes on starts it again."""

FINISHED: frozenset[OrderStatus] = frozenset({"active", "refunded", "declined", "cancelled"})
NOTHING_BOUGHT: frozenset[OrderStatus] = frozenset({"refunded", "declined", "cancelled"})
WITHDRAWN = "Its server was suspended, because the customer's bank disputes an earlier payment."
"""Why an unpaid order was given up because of a dispute (L8)."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it is recorded. ``name`` is that of its server or, without one, of its contract.

    ``run`` numbers the workflow that takes it forward; with ``waits_for`` that one is over, and after ``retry_at``, in
    real time, a worker starts the next. ``payment_means`` is what it is paid with, in words; orders of earlier
    releases have none.
    """

    id: str
    kind: OrderKind
    contract_id: str
    status: OrderStatus
    name: str
    quote_id: str
    proposal: Proposal
    description: str
    refunded: Decimal
    payment_method: str
    intent_id: str | None
    action_url: str | None
    action_required_at: datetime | None
    failure: str | None
    placed_at: datetime
    paid_at: datetime | None = None
    run: int = 0
    waits_for: WaitsFor | None = None
    retry_at: datetime | None = None
    payment_means: str | None = None
    restart: Restart | None = None

    @property
    def line(self) -> Ordered:
        return self.proposal.line

    @property
    def due(self) -> Money:
        return Money(self.proposal.amount, self.proposal.currency)

    def view(self) -> OrderView:
        """The order as its customer sees it."""
        proposal = self.proposal
        return OrderView(
            id=self.id,
            kind=self.kind,
            contract_id=self.contract_id,
            line=proposal.line,
            revision=proposal.revision,
            change=proposal.change,
            server=self.name,
            status=self.status,
            amount=proposal.amount,
            refunded=self.refunded,
            currency=proposal.currency,
            placed_at=self.placed_at,
            quote_id=self.quote_id,
            description=self.description,
            monthly_price=proposal.monthly_price,
            lines=proposal.lines,
            failure=self.failure,
            action_url=self.action_url,
        )


def insert_order(connection: Connection, order: Order) -> None:
    proposal = order.proposal
    connection.execute(
        insert(_orders).values(
            id=order.id,
            kind=order.kind,
            contract_id=order.contract_id,
            line=proposal.line,
            revision=proposal.revision,
            status=order.status,
            name=order.name,
            quote_id=order.quote_id,
            proposal=proposal_to_json(proposal),
            description=order.description,
            amount=proposal.amount,
            refunded=order.refunded,
            credit=proposal.credit,
            currency=proposal.currency,
            monthly_price=proposal.monthly_price,
            payment_method=order.payment_method,
            placed_at=order.placed_at,
            run=order.run,
            payment_means=order.payment_means,
            restart=order.restart,
        )
    )


def get(connection: Connection, order_id: str) -> Order | None:
    row = connection.execute(select(_orders).where(_orders.c.id == order_id)).first()
    return _order(row) if row else None


def of_contract(connection: Connection, contract_id: str | None) -> Sequence[Order]:
    """Oldest first; all of them for None."""
    query = select(_orders).order_by(_orders.c.number)
    if contract_id is not None:
        query = query.where(_orders.c.contract_id == contract_id)
    return [_order(row) for row in connection.execute(query)]


def open_of_contract(connection: Connection, contract_id: str) -> Sequence[Order]:
    """Placed and not finished."""
    return [order for order in of_contract(connection, contract_id) if order.status not in FINISHED]


def unfinished(connection: Connection) -> Sequence[Order]:
    """Every order that is placed and not finished, oldest first."""
    query = select(_orders).where(_orders.c.status.not_in(FINISHED)).order_by(_orders.c.number)
    return [_order(row) for row in connection.execute(query)]


def holding_line(connection: Connection, proposal: Proposal) -> Order | None:
    """The order that has the natural key of this proposal: contract, line and revision."""
    row = connection.execute(
        select(_orders).where(
            _orders.c.contract_id == proposal.contract_id,
            _orders.c.line == proposal.line,
            _orders.c.revision == proposal.revision,
            _orders.c.status.not_in(NOTHING_BOUGHT),
        )
    ).first()
    return _order(row) if row else None


def failed_renewal(connection: Connection, contract: Contract, payment_method: str) -> Order | None:
    """The latest order that was to buy a contract's next period with a payment method, and bought nothing.

    One that a dispute withdrew did not fail: nobody declined it, and it is made when the bank has decided (L1, L8).
    """
    following = f"{contract.periods[-1].index + 1}:"
    renewals = (
        order
        for order in of_contract(connection, contract.id)
        if order.kind == "renewal"
        and order.status in NOTHING_BOUGHT
        and order.failure != WITHDRAWN
        and order.payment_method == payment_method
        and order.proposal.periods.startswith(following)
    )
    return next(iter(sorted(renewals, key=lambda order: order.placed_at, reverse=True)), None)


def waiting_since(connection: Connection, before: datetime) -> Sequence[Order]:
    """Orders that wait for a confirmation since an instant before this one."""
    query = select(_orders).where(_orders.c.status == "action_required", _orders.c.action_required_at <= before)
    return [_order(row) for row in connection.execute(query)]


def move(connection: Connection, order_id: str, before: OrderStatus, after: OrderStatus, **values: Any) -> bool:
    """Move an order from one status to another; False, and nothing, when it is no longer in the first."""
    statement = update(_orders).where(_orders.c.id == order_id, _orders.c.status == before)
    return connection.execute(statement.values(status=after, **values)).rowcount > 0


def begin_restart(connection: Connection, order_id: str) -> None:
    """Record that the machine is shut down for this order, and so started again by whoever goes on with it."""
    connection.execute(update(_orders).where(_orders.c.id == order_id).values(restart="begun"))


def begin_run(connection: Connection, order: Order) -> int | None:
    """Number the next run of an order; None when somebody else began one, or it is finished, since it was read."""
    statement = update(_orders).where(
        _orders.c.id == order.id, _orders.c.run == order.run, _orders.c.status.not_in(FINISHED)
    )
    begun = connection.execute(statement.values(run=order.run + 1, waits_for=None, retry_at=None)).rowcount > 0
    return order.run + 1 if begun else None


def end_run(connection: Connection, order_id: str, run: int, waits_for: WaitsFor, retry_at: datetime | None) -> None:
    """Record whom an order waits for whose run is over; a run that was replaced records nothing."""
    connection.execute(
        update(_orders)
        .where(_orders.c.id == order_id, _orders.c.run == run, _orders.c.status.not_in(FINISHED))
        .values(waits_for=waits_for, retry_at=retry_at)
    )


def note_failure(connection: Connection, order_id: str, failure: str) -> None:
    """Keep why an order does not go on at present."""
    connection.execute(update(_orders).where(_orders.c.id == order_id).values(failure=failure))


def _order(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        kind=row.kind,
        contract_id=row.contract_id,
        status=row.status,
        name=row.name,
        quote_id=row.quote_id,
        proposal=proposal_from_json(row.proposal),
        description=row.description,
        refunded=row.refunded,
        payment_method=row.payment_method,
        intent_id=row.intent_id,
        action_url=row.action_url,
        action_required_at=row.action_required_at,
        failure=row.failure,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        run=row.run,
        waits_for=row.waits_for,
        retry_at=row.retry_at,
        payment_means=row.payment_means,
        restart=row.restart,
    )
