"""Quotes: prices that plans were shown, held until they expire or one order uses them up (P5)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from provider.backend.port import Quote
from provider.commerce.catalogue import Catalogue
from provider.commerce.change import Change, NewContract, Renew, change_to_json
from provider.commerce.proposal import Proposal, proposal_from_json, proposal_to_json
from provider.platform.database import tables
from provider.platform.records import orders

_quotes = tables.quotes


def find(connection: Connection, proposal: Proposal) -> Quote | None:
    """The newest quote for the same change that no order has used up, honoured or expired."""
    row = connection.execute(_same_change(proposal).limit(1)).first()
    return _quote(row) if row else None


def hold(
    connection: Connection,
    proposal: Proposal,
    catalogue: Catalogue,
    *,
    now: datetime,
    period_end: date | None,
    name: str | None = None,
) -> Quote:
    """Hold a proposal's price, or find the quote for the same change that is still honoured.

    ``period_end`` is the end of the period that the amount was computed for; no quote is honoured beyond it. A renewal
    is priced on the day that it is bought (P2), so no earlier quote comes back for it. ``name`` is kept for whoever
    lists the quotes.
    """
    held = connection.execute(_same_change(proposal).where(_quotes.c.expires_at > now).limit(1)).first()
    if held is not None and not isinstance(proposal.change, Renew):
        connection.execute(
            update(_quotes)
            .where(_quotes.c.id == held.id)
            .values(turn=_next_turn(connection, proposal.contract_id), name=name or held.name)
        )
        return _quote(held)
    same_content = get(connection, proposal.quote_id)
    if same_content is not None and _bought_with(connection, proposal.quote_id):
        return same_content
    connection.execute(delete(_quotes).where(_quotes.c.id == proposal.quote_id))
    expires_at = now + timedelta(hours=catalogue.quote_validity_hours)
    if period_end is not None:
        expires_at = min(expires_at, datetime.combine(period_end, time(), UTC))
    connection.execute(
        insert(_quotes).values(
            id=proposal.quote_id,
            contract_id=proposal.contract_id,
            line=proposal.line,
            revision=proposal.revision,
            periods=proposal.periods,
            change=_wanted(proposal.change),
            proposal=proposal_to_json(proposal),
            catalogue_fingerprint=proposal.catalogue_fingerprint,
            created_at=now,
            turn=_next_turn(connection, proposal.contract_id),
            expires_at=expires_at,
            name=name,
        )
    )
    return Quote(proposal.quote_id, proposal, now, expires_at)


def get(connection: Connection, quote_id: str) -> Quote | None:
    row = connection.execute(select(_quotes).where(_quotes.c.id == quote_id)).first()
    return _quote(row) if row else None


def order_of(connection: Connection, quote_id: str) -> str | None:
    """The order that has used the quote up."""
    return connection.execute(select(_quotes.c.order_id).where(_quotes.c.id == quote_id)).scalar_one_or_none()


def newest_for_new_contract(connection: Connection, contract_id: str) -> Quote | None:
    """The quote that a contract which is only planned was last priced with."""
    rows = connection.execute(
        select(_quotes)
        .where(_quotes.c.contract_id == contract_id, _quotes.c.line == "solution", _quotes.c.order_id.is_(None))
        .order_by(_quotes.c.turn.desc())
    )
    quotes = (_quote(row) for row in rows)
    return next((quote for quote in quotes if isinstance(quote.proposal.change, NewContract)), None)


def use(connection: Connection, quote_id: str, order_id: str) -> None:
    """The quote is used up by this order."""
    connection.execute(update(_quotes).where(_quotes.c.id == quote_id).values(order_id=order_id))


def unused_total(connection: Connection, quote_ids: Collection[str]) -> Decimal:
    """What those of these quotes would charge that no order has used up."""
    rows = connection.execute(select(_quotes).where(_quotes.c.id.in_(quote_ids), _quotes.c.order_id.is_(None)))
    return sum((_quote(row).proposal.amount for row in rows), Decimal("0.00"))


def give_back(connection: Connection, order_id: str) -> None:
    """Nothing was bought with the order: its quote can be used again."""
    connection.execute(update(_quotes).where(_quotes.c.order_id == order_id).values(order_id=None))


def unused(connection: Connection) -> Sequence[tuple[Quote, str | None]]:
    """Every quote that no order has used, oldest first, with the name that was kept with it."""
    query = select(_quotes).where(_quotes.c.order_id.is_(None)).order_by(_quotes.c.created_at, _quotes.c.id)
    return [(_quote(row), row.name) for row in connection.execute(query)]


def drop(connection: Connection, quote_id: str) -> bool:
    """Forget a quote that no order has used; whether there was one."""
    unused = delete(_quotes).where(_quotes.c.id == quote_id, _quotes.c.order_id.is_(None))
    return connection.execute(unused).rowcount > 0


def _bought_with(connection: Connection, quote_id: str) -> bool:
    """Whether the order that used the quote up still stands; one that was refunded does not."""
    order_id = order_of(connection, quote_id)
    order = orders.get(connection, order_id) if order_id else None
    return order is not None and order.status not in orders.NOTHING_BOUGHT


def _next_turn(connection: Connection, contract_id: str) -> int:
    """Which of a contract's quotes was planned last, also where two were within one instant of a test clock."""
    last = connection.execute(select(func.max(_quotes.c.turn)).where(_quotes.c.contract_id == contract_id)).scalar()
    return (last or 0) + 1


def _same_change(proposal: Proposal) -> Select[Any]:
    return (
        select(_quotes)
        .where(
            _quotes.c.contract_id == proposal.contract_id,
            _quotes.c.line == proposal.line,
            _quotes.c.revision == proposal.revision,
            _quotes.c.periods == proposal.periods,
            _quotes.c.change == _wanted(proposal.change),
            _quotes.c.order_id.is_(None),
        )
        .order_by(_quotes.c.turn.desc())
    )


def _wanted(change: Change) -> str:
    return json.dumps(change_to_json(change), sort_keys=True)


def _quote(row: Row[Any]) -> Quote:
    return Quote(row.id, proposal_from_json(row.proposal), row.created_at, row.expires_at)
