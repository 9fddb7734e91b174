"""What the comparison found: what is wrong, what to do, and the repair where there is exactly one right answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from provider.platform.ledger import EntryKind

ORDER_TAKEN_UP = "order-without-run"
"""Repaired while it is looked for: whoever finds such an order begins its next run."""

Severity = Literal["unexplained", "information"]
"""``information`` is a difference with a known reason that asks for nothing."""


@dataclass(frozen=True, slots=True)
class CancelPayment:
    """Cancel a payment that has charged nothing and never should."""

    intent_id: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give back what an order was charged that bought nothing; the ledger gets the charge and the refund."""

    order_id: str
    intent_id: str


@dataclass(frozen=True, slots=True)
class GiveSurplusBack:
    """Give back a second charge of an order. The ledger never had it."""

    order_id: str
    intent_id: str


@dataclass(frozen=True, slots=True)
class BringForward:
    """Bring a machine to what was paid for."""

    server_id: str


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """Switch off the machine of a suspended server."""

    server_id: str


@dataclass(frozen=True, slots=True)
class PlaceKeys:
    """Place a server's keys in its guest, whose agent was not there when they changed."""

    server_id: str


@dataclass(frozen=True, slots=True)
class TakeNotice:
    """Record a dispute or a refund by hand of an order's payment, and do to its server what follows from it."""

    order_id: str


@dataclass(frozen=True, slots=True)
class WriteReceipt:
    """Write the receipt of an order's charge, or the credit note of its refund, with the next number."""

    order_id: str
    kind: EntryKind


Repair = CancelPayment | GiveBack | GiveSurplusBack | BringForward | SwitchOff | PlaceKeys | TakeNotice | WriteReceipt


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is stable, for programs; ``wrong`` and ``remedy`` are sentences. ``contract_id`` is the contract whose
    lock is held while it is looked at again."""

    code: str
    subject: str
    wrong: str
    remedy: str
    contract_id: str | None = None
    severity: Severity = "unexplained"
    repair: Repair | None = None

    @property
    def is_repaired(self) -> bool:
        """Of a finding in a report; one whose repair did not succeed stands there without it."""
        return self.repair is not None or self.code == ORDER_TAKEN_UP


@dataclass(frozen=True, slots=True)
class Cash:
    """The cash of one currency, as the ledger and as the gateway count it (N9)."""

    currency: str
    ledger: Decimal
    gateway: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """``compared`` counts what was looked at; ``busy`` are contracts that somebody works on, left for the next time."""

    compared: Mapping[str, int]
    cash: tuple[Cash, ...]
    repaired: tuple[Finding, ...]
    unexplained: tuple[Finding, ...]
    information: tuple[Finding, ...]
    busy: tuple[str, ...] = ()
