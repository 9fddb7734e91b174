"""Writing receipts: in the transaction that writes the ledger's entry, so that no number is ever left out.

Called where money moved: by the steps that settle and refund, and by the reconciler.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from provider.commerce.receipt import amounts, receipt_lines
from provider.platform.database import tables
from provider.platform.ledger import EntryKind
from provider.platform.receipts.document import SELLER, Receipt
from provider.platform.records import account, catalogues, receipts
from provider.platform.records.orders import Order


def issue(connection: Connection, order: Order, kind: EntryKind, at: datetime) -> None:
    """Write the receipt of an order's charge, or the credit note of its refund; a second time does nothing.

    A charge of zero has a receipt as well, of 0.00: so each entry of these kinds has exactly one document, and what
    was delivered for nothing is documented like everything else.

    Raises:
        LookupError: the ledger has no such entry.
    """
    if receipts.of_entry(connection, order.id, kind) is not None:
        return
    journal_id, booked_at = _entry(connection, order, kind)
    if kind == "charge":
        number = receipts.next_number(connection, "R", at)
        document = _receipt(connection, order, str(number), issued_at=at, paid_at=booked_at)
    else:
        # Charged by an earlier release: the receipt that the credit note refers to is written first.
        issue(connection, order, "charge", at)
        number = receipts.next_number(connection, "C", at)
        receipt = receipts.of_entry(connection, order.id, "charge")
        assert receipt is not None  # noqa: S101 (it was just written)
        document = receipt.taken_back(
            number=str(number), issued_at=at, refunded_at=booked_at, customer=account.get(connection)
        )
    receipts.insert_receipt(connection, number, journal_id, document)


def _receipt(connection: Connection, order: Order, number: str, *, issued_at: datetime, paid_at: datetime) -> Receipt:
    proposal = order.proposal
    catalogue = catalogues.stored_catalogue(connection, proposal.catalogue_fingerprint)
    lines = receipt_lines(proposal.lines, order.description)
    return Receipt(
        number=number,
        kind="receipt",
        issued_at=issued_at,
        seller=SELLER,
        contact=catalogue.contact,
        account_id=connection.execute(select(tables.home.c.account_id)).scalar_one(),
        customer=account.get(connection),
        order_id=order.id,
        order_kind=order.kind,
        description=order.description,
        quote_id=order.quote_id,
        contract_id=order.contract_id,
        server=order.name,
        placed_at=order.placed_at,
        paid_at=paid_at,
        payment_means=_means(order),
        lines=lines,
        vat_percent=catalogue.vat_percent,
        amounts=amounts(lines, catalogue.vat_percent),
        currency=proposal.currency,
    )


def _means(order: Order) -> str | None:
    """In words; an order of an earlier release knows only the id of its saved method, which is no number."""
    if not order.due:
        return None
    return order.payment_means or f"saved payment method {order.payment_method}"


def _entry(connection: Connection, order: Order, kind: EntryKind) -> tuple[str, datetime]:
    journal = tables.journal
    query = select(journal.c.id, journal.c.at).where(journal.c.order_id == order.id, journal.c.kind == kind)
    row = connection.execute(query).first()
    if row is None:
        raise LookupError(f"the ledger has no {kind} of {order.id}")
    return row.id, row.at
