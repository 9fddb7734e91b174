"""The other orders of a contract: the one that a purchase goes on with, and those that stand in its way (L4)."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.backend.port import UNPAID, OrderKind, Quote, RefusedError
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.proposal import Proposal
from provider.platform.records import orders, quotes
from provider.platform.records.contracts import ContractRecord
from provider.platform.records.orders import Order

KINDS: dict[type[Change], OrderKind] = {
    NewContract: "new",
    SwitchSolution: "improvement",
    SetQuantity: "addition",
    Renew: "renewal",
}


def earlier_order(connection: Connection, quote: Quote) -> Order | None:
    """The order that used the quote up, or the unfinished one of the same change that holds the line.

    Raises:
        RefusedError: an unfinished order of another change holds it (L4).
    """
    used_by = quotes.order_of(connection, quote.id)
    if used_by is not None:
        return orders.get(connection, used_by)
    holder = orders.holding_line(connection, quote.proposal)
    if holder is None or holder.status == "active":
        return None
    if holder.proposal.change == quote.proposal.change:
        return holder
    raise RefusedError(
        "Another order holds the line",
        f"The order {holder.id} ({holder.description}) of {holder.name} is {holder.status} since "
        f"{holder.placed_at:%Y-%m-%d %H:%M} UTC. {_remedy(holder)}. Nothing was ordered.",
        rule="L4",
        order_id=holder.id,
    )


def check_beside(connection: Connection, record: ContractRecord, proposal: Proposal) -> None:
    """A renewal moves every line, so nothing else of its contract is under way beside it.

    Raises:
        RefusedError: something is (L4).
    """
    beside = next(
        (
            order
            for order in orders.open_of_contract(connection, record.id)
            if "renewal" in (order.kind, KINDS[type(proposal.change)])
        ),
        None,
    )
    if beside is None:
        return
    raise RefusedError(
        "Another order of the contract is open",
        f"The order {beside.id} ({beside.description}) of {beside.name} is {beside.status} since "
        f"{beside.placed_at:%Y-%m-%d %H:%M} UTC, and a renewal renews every line. "
        f"{_remedy(beside)}. Nothing was ordered.",
        rule="L4",
        order_id=beside.id,
    )


def _remedy(order: Order) -> str:
    if order.status in UNPAID:
        return f"Let it finish by applying what it was placed for, or cancel it: qualit orders cancel {order.id}"
    if order.waits_for == "host":
        return (
            "It is paid and goes on when its host answers again. To give it up and be refunded in full: qualit orders "
            f"cancel {order.id}"
        )
    return "It is paid and is being delivered: wait for it, then plan again"
