"""Finding receipts: by their order or by their number, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from provider.backend.port import UNPAID, RefusedError
from provider.platform.receipts.document import Receipt
from provider.platform.records import orders, receipts
from provider.platform.records.orders import Order


def documents(connection: Connection, order_or_number: str) -> Sequence[Receipt]:
    """An order's receipt and, after it, its credit note; or the one document of a number.

    Raises:
        RefusedError: there is none.
    """
    one = receipts.get(connection, order_or_number.upper())
    if one is not None:
        return (one,)
    order = orders.get(connection, order_or_number)
    if order is None:
        raise RefusedError(
            "No such receipt",
            f"There is no order and no receipt {order_or_number}. `qualit receipts` lists the receipts, "
            "`qualit orders` the orders.",
        )
    found = receipts.every(connection, order_id=order.id)
    if not found:
        raise _none_yet(order)
    return found


def _none_yet(order: Order) -> RefusedError:
    if order.status in UNPAID:
        why = f"it is {order.status}: a receipt is written when it is paid"
    elif order.status in ("declined", "cancelled"):
        why = f"it is {order.status}: nothing was paid"
    else:
        why = (
            "it was paid before receipts were kept. Run `qualit reconcile`, which writes the receipts that are missing"
        )
    return RefusedError("The order has no receipt", f"{order.id} for {order.name} has no receipt, because {why}.")
