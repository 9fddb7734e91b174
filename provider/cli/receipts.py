"""``qualit receipts`` and ``qualit receipt``: what was paid, given back, and the VAT in it (P8)."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from provider.cli.output import (
    Column,
    CommandError,
    JsonOption,
    as_json_text,
    money,
    print_json,
    print_table,
    print_text,
)
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provider.platform.receipts.document import Receipt

Format = Literal["text", "html", "json"]


def receipts(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your receipts and credit notes.

    Oldest first, with the VAT that each contains. Credit notes are negative.
    """
    with open_backend() as backend:
        documents = backend.receipts()
    if as_json:
        print_json([_summary(document) for document in documents])
        return
    if not documents:
        print_text("You have no receipts: nothing was paid.")
        return
    print_table(
        [
            Column("Number"),
            Column("Date"),
            Column("Order"),
            Column("Server"),
            Column("Net", "right"),
            Column("VAT", "right"),
            Column("Gross", "right"),
            Column(""),
        ],
        [_row(document) for document in documents],
    )


def receipt(
    order: Annotated[str, typer.Argument(help="The order's id, or the number of a receipt or a credit note.")],
    format_: Annotated[Format, typer.Option("--format", help="As text, as one HTML page, or as JSON.")] = "text",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it to this file in place of the screen.", show_default=False),
    ] = None,
) -> None:
    """Show a receipt.

    For an order with its credit note, if there is one. The HTML page needs nothing else and prints on A4.
    """
    with open_backend() as backend:
        documents = backend.receipt(order)
    shown = _shown(documents, format_)
    if output is None:
        sys.stdout.write(shown)
        return
    try:
        output.write_text(shown, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"{output} cannot be written", f"{error.strerror}. Name another file with --output; nothing else was done."
        ) from None
    print_text(f"{', '.join(document.number for document in documents)} is written to {output}.")


def _shown(documents: Sequence[Receipt], format_: Format) -> str:
    from provider.platform.receipts.page import as_page
    from provider.platform.receipts.text import as_text

    match format_:
        case "text":
            return as_text(documents)
        case "html":
            return as_page(documents)
        case "json":
            return as_json_text([asdict(document) for document in documents]) + "\n"


def _summary(document: Receipt) -> dict[str, object]:
    return {
        "number": document.number,
        "kind": document.kind,
        "date": document.issued_at.date(),
        "order": document.order_id,
        "server": document.server,
        "net": document.amounts.net,
        "vat_percent": document.vat_percent,
        "vat": document.amounts.vat,
        "gross": document.amounts.gross,
        "currency": document.currency,
        "refers_to": document.refers_to,
    }


def _row(document: Receipt) -> list[str]:
    return [
        document.number,
        document.issued_at.date().isoformat(),
        document.order_id,
        document.server,
        money(document.amounts.net),
        money(document.amounts.vat),
        money(document.amounts.gross),
        document.currency,
    ]
