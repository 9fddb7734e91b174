"""A proposal: one allowed change of one contract line, priced. The plan makes it, the platform checks it (P5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from provider.commerce.catalogue import Catalogue
from provider.commerce.change import Change
from provider.commerce.contract import Contract, LineKey
from provider.commerce.refusal import Refusal


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line of an amount, with the words that explain it, such as ``"vps-2, 3 months at 6.99"``."""

    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would do to a contract's line and what is due for it now.

    ``periods`` names the paid periods that the amount was computed for, as ``index:months`` joined by commas
    (``"1:3"``); a contract that is not bought yet has the one that buying it would start. ``bases`` are the
    line's new bases for the contract's periods. ``amount`` is the sum of ``lines`` and what is paid now.
    ``credit`` is the part of ``amount`` that rounds a too small payment up and is credited (P6).
    """

    contract_id: str
    line: LineKey
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
        """``quo-`` and a hash of the contract's line, its revision, the periods, what is wanted, the amount and its lines."""
        raise NotImplementedError


def propose(
    catalogue: Catalogue,
    contract_id: str,
    contract: Contract | None,
    change: Change,
    today: date,
) -> Proposal | tuple[Refusal, ...]:
    """Check a change against the rules and price it; ``contract`` is None for one that is not bought yet.

    A change that costs nothing and moves no revision (a quantity or a solution as it already is, a free
    operating system for another) must not be proposed: see :func:`is_free`.
    """
    raise NotImplementedError


def is_free(catalogue: Catalogue, contract: Contract, change: Change) -> bool:
    """Whether a change is no order at all: nothing changes, or only to an operating system that costs no more (C7)."""
    raise NotImplementedError


def accept(
    contract: Contract | None,
    proposal: Proposal,
    *,
    at: datetime,
    order_id: str,
) -> Contract:
    """The contract after a proposal was paid and delivered: line, bases and revision moved on, the improvement remembered.

    A new contract's first period starts on the UTC day of ``at``. Also used at plan with the day of planning,
    to price additions of a server that is not bought yet.
    """
    raise NotImplementedError
