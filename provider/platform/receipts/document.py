"""What a receipt or a credit note says, as a value, and as JSON-able values that are stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from provider.commerce.pricing import ChargeLine
from provider.commerce.receipt import Amounts, taken_back
from provider.platform.account.data import AccountData

ReceiptKind = Literal["receipt", "credit-note"]

SELLER = "Qual.IT"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, or the credit note that takes one back; nothing of it changes later.

    ``customer`` is the account's data as they were when it was written, None where there were none.
    ``payment_means`` is in words, None where nothing was due. ``refers_to`` and ``refunded_at`` are a credit note's:
    the number of its receipt, and when the money went back. ``lines`` include VAT; those of a credit note, and its
    amounts, are negative.
    """

    number: str
    kind: ReceiptKind
    issued_at: datetime
    seller: str
    contact: str
    account_id: str
    customer: AccountData | None
    order_id: str
    order_kind: str
    description: str
    quote_id: str
    contract_id: str
    server: str
    placed_at: datetime
    paid_at: datetime
    payment_means: str | None
    lines: tuple[ChargeLine, ...]
    vat_percent: Decimal
    amounts: Amounts
    currency: str
    refers_to: str | None = None
    refunded_at: datetime | None = None

    @property
    def title(self) -> str:
        return "Receipt" if self.kind == "receipt" else "Credit note"

    def taken_back(
        self, *, number: str, issued_at: datetime, refunded_at: datetime, customer: AccountData | None
    ) -> Receipt:
        """The credit note for this receipt."""
        return replace(
            self,
            number=number,
            kind="credit-note",
            issued_at=issued_at,
            customer=customer,
            lines=taken_back(self.lines),
            amounts=self.amounts.taken_back(),
            refers_to=self.number,
            refunded_at=refunded_at,
        )


def receipt_to_json(receipt: Receipt) -> dict[str, Any]:
    """A document as JSON-able values: amounts and instants as text."""
    values: dict[str, Any] = _plain(asdict(receipt))
    return values


def receipt_from_json(values: Mapping[str, Any]) -> Receipt:
    """The document that ``receipt_to_json`` wrote."""
    customer, refunded_at = values["customer"], values["refunded_at"]
    parsed = {
        "issued_at": datetime.fromisoformat(values["issued_at"]),
        "placed_at": datetime.fromisoformat(values["placed_at"]),
        "paid_at": datetime.fromisoformat(values["paid_at"]),
        "refunded_at": datetime.fromisoformat(refunded_at) if refunded_at else None,
        "customer": AccountData(**customer) if customer else None,
        "lines": tuple(ChargeLine(line["description"], Decimal(line["amount"])) for line in values["lines"]),
        "vat_percent": Decimal(values["vat_percent"]),
        "amounts": Amounts(**{name: Decimal(amount) for name, amount in values["amounts"].items()}),
    }
    return Receipt(**{**values, **parsed})


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case tuple():
            return [_plain(part) for part in value]
        case Decimal():
            return f"{value:.2f}"
        case datetime():
            return value.isoformat()
        case _:
            return value
