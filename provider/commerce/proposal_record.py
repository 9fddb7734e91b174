"""A priced change as a value with an id of its own, and as JSON-able values that the platform stores.

``proposal`` makes it and re-exports it; ``acceptance`` applies it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from provider.commerce.change import Change, change_from_json, change_to_json
from provider.commerce.contract import Ordered
from provider.commerce.pricing import ChargeLine


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would do to a contract's line and what is due for it now.

    ``periods`` names the paid periods that the amount was computed for, as ``index:months`` joined by commas
    (``"1:3"``); a contract that is not bought yet has the one that buying it would start. ``bases`` are the
    line's new bases for those periods; of a renewal, the basis of each line of the contract, in its order, for the
    period that it buys. ``amount`` is the sum of ``lines`` and what is paid now. ``credit`` is by how much it changes
    the contract's credit (P6). ``monthly_price`` is the line's after the change, of a renewal that of all lines,
    ``unit_price`` that of an addition in the catalogue.
    """

    contract_id: str
    line: Ordered
    revision: int
    change: Change
    periods: str
    amount: Decimal
    currency: str
    lines: tuple[ChargeLine, ...]
    credit: Decimal
    monthly_price: Decimal
    unit_price: Decimal | None
    bases: tuple[Decimal, ...]
    day: date
    catalogue_fingerprint: str

    @property
    def quote_id(self) -> str:
        """``quo-`` and a hash of the line, its revision, the periods, what is wanted, the amount and its lines."""
        content = [
            self.contract_id,
            self.line,
            self.revision,
            change_to_json(self.change),
            self.periods,
            f"{self.amount:.2f}",
            self.currency,
            [[line.description, f"{line.amount:.2f}"] for line in self.lines],
        ]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"quo-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def proposal_to_json(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON-able values: amounts and the day as text."""
    return {
        "contract_id": proposal.contract_id,
        "line": proposal.line,
        "revision": proposal.revision,
        "change": change_to_json(proposal.change),
        "periods": proposal.periods,
        "amount": str(proposal.amount),
        "currency": proposal.currency,
        "lines": [{"description": line.description, "amount": str(line.amount)} for line in proposal.lines],
        "credit": str(proposal.credit),
        "monthly_price": str(proposal.monthly_price),
        "unit_price": None if proposal.unit_price is None else str(proposal.unit_price),
        "bases": [str(basis) for basis in proposal.bases],
        "day": proposal.day.isoformat(),
        "catalogue_fingerprint": proposal.catalogue_fingerprint,
    }


def proposal_from_json(values: Mapping[str, Any]) -> Proposal:
    """The proposal that ``proposal_to_json`` wrote."""
    return Proposal(
        contract_id=values["contract_id"],
        line=values["line"],
        revision=values["revision"],
        change=change_from_json(values["change"]),
        periods=values["periods"],
        amount=Decimal(values["amount"]),
        currency=values["currency"],
        lines=tuple(ChargeLine(line["description"], Decimal(line["amount"])) for line in values["lines"]),
        credit=Decimal(values["credit"]),
        monthly_price=Decimal(values["monthly_price"]),
        unit_price=None if values["unit_price"] is None else Decimal(values["unit_price"]),
        bases=tuple(Decimal(basis) for basis in values["bases"]),
        day=date.fromisoformat(values["day"]),
        catalogue_fingerprint=values["catalogue_fingerprint"],
    )
