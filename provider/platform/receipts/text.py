"""A receipt as text in 80 columns, for a terminal and for plain mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from provider.platform.receipts.document import Receipt
from provider.platform.receipts.words import NO_CUSTOMER, details, percent

WIDTH = 80
AMOUNT = 14
"""The column of the amounts; descriptions are folded in front of it."""
RULE = "-" * WIDTH


def as_text(documents: Sequence[Receipt]) -> str:
    """One after the other, each with a line break at its end."""
    return f"\n{'=' * WIDTH}\n\n".join(_document(document) for document in documents)


def _document(receipt: Receipt) -> str:
    lines = [
        _apart(receipt.seller, f"{receipt.title} {receipt.number}"),
        _apart(receipt.contact, _date(receipt.issued_at)),
        "",
        *_customer(receipt),
        "",
        *(f"{name:<14}{value}" for name, value in details(receipt)),
        "",
        _apart("Prices include VAT", receipt.currency),
        RULE,
    ]
    for line in receipt.lines:
        lines += _row(line.description, line.amount)
    net, vat, gross = receipt.amounts.net, receipt.amounts.vat, receipt.amounts.gross
    lines += [RULE, *_row("Net", net), *_row(f"VAT {percent(receipt.vat_percent)}", vat), RULE]
    lines += _row("Total paid" if receipt.kind == "receipt" else "Total given back", gross)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _customer(receipt: Receipt) -> list[str]:
    if receipt.customer is None:
        return textwrap.wrap(f"Customer: account {receipt.account_id}. {NO_CUSTOMER}", WIDTH)
    customer = receipt.customer
    shown = [*customer.address(), *([f"VAT id {customer.vat_id}"] if customer.vat_id else []), customer.email]
    parts = [part for text in shown if text for part in textwrap.wrap(text, WIDTH - 2)]
    return ["Customer", *(f"  {part}" for part in parts)]


def _row(description: str, amount: Decimal) -> list[str]:
    *first, last = textwrap.wrap(description, WIDTH - AMOUNT) or [""]
    return [*first, f"{last:<{WIDTH - AMOUNT}}{amount:>{AMOUNT}.2f}"]


def _apart(left: str, right: str) -> str:
    return f"{left:<{WIDTH - len(right)}}{right}"


def _date(moment: datetime) -> str:
    return moment.date().isoformat()
