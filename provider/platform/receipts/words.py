"""The words that every form of a receipt shares."""

from __future__ import annotations

from decimal import Decimal

from provider.platform.receipts.document import Receipt

NO_CUSTOMER = (
    "No name and address were set when this was written; `qualit account set` puts them on the receipts that follow."
)

ORDERS = {
    "new": "new server or contract",
    "improvement": "improvement",
    "addition": "additional resource",
    "renewal": "renewal",
}


def details(receipt: Receipt) -> list[tuple[str, str]]:
    """What was bought, when, and how it was paid, as names with their values."""
    paid = receipt.paid_at.date().isoformat()
    means = receipt.payment_means
    return [
        *([("For receipt", receipt.refers_to)] if receipt.refers_to else []),
        ("Order", f"{receipt.order_id} ({ORDERS.get(receipt.order_kind, receipt.order_kind)})"),
        ("Ordered", receipt.placed_at.date().isoformat()),
        ("Paid", f"{paid} with {means}" if means else f"{paid}: nothing was due"),
        *([("Given back", receipt.refunded_at.date().isoformat())] if receipt.refunded_at else []),
        ("Server", receipt.server),
        ("Contract", receipt.contract_id),
        ("Quote", receipt.quote_id),
    ]


def percent(value: Decimal) -> str:
    """A rate without digits that say nothing, such as ``19 %`` and ``5.5 %``."""
    text = f"{value:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
