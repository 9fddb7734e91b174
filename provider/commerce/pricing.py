"""What a change costs (P1-P3, P6, P8): every line of an amount rounded half-up to the cent, Decimal throughout.

Called by ``proposal`` for the three kinds of change, and by the platform for renewals and receipts.
Amounts are in the catalogue's currency, VAT included; "monthly" is an amount for one month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce.contract import Contract, Line, LineKey, Period
from provider.commerce.policy import counted
from provider.money import round_cents

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line of an amount, with the words that explain it, such as ``"vps-2, 3 months at 6.99"``."""

    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What is paid: the sum of its lines. ``credit`` is by how much it changes the contract's: the part that only fills
    it up to the smallest payment, less what a renewal takes off (P6)."""

    lines: tuple[ChargeLine, ...]
    credit: Decimal

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def solution_price(catalogue: Catalogue, offer: str, os: str) -> Decimal:
    """The monthly price of an offer with an operating system (P1).

    Raises:
        LookupError: the catalogue has no such offer or system.
    """
    sold, system = catalogue.offer(offer), catalogue.operating_system(os)
    if sold is None or system is None:
        raise LookupError(f"the catalogue {catalogue.version} has no offer {offer!r} with {os!r}")
    return sold.monthly_price + system.monthly_price


def system_price(catalogue: Catalogue, os: str | None) -> Decimal:
    """The monthly price of a system; one that the catalogue no longer has counts as free."""
    system = catalogue.operating_system(os or "")
    return system.monthly_price if system else ZERO


def monthly_price_of(contract: Contract) -> Decimal:
    """What all lines of a contract cost a month now."""
    return sum((line.monthly_price for line in contract.lines.values()), ZERO)


def bases_for(contract: Contract, key: LineKey, periods: tuple[Period, ...]) -> tuple[Decimal, ...]:
    """The line's bases for ``periods``; 0 for a line that the contract does not have yet."""
    line = contract.lines.get(key)
    if line is None:
        return (ZERO,) * len(periods)
    known = {period.index: basis for period, basis in zip(contract.periods, line.bases, strict=True)}
    return tuple(known[period.index] for period in periods)


def purchase_line(what: str, monthly_price: Decimal, months: int) -> ChargeLine:
    """A whole period of one line, paid now (P2)."""
    return ChargeLine(f"{what}, {_months(months)} at {monthly_price:.2f}", round_cents(monthly_price * months))


def improvement_lines(
    what: str,
    periods: Sequence[Period],
    before: Sequence[Decimal],
    after: Sequence[Decimal],
    day: date,
) -> tuple[ChargeLine, ...]:
    """What raising a line's bases costs on ``day`` (P3): a line for each period that is not over and has to be paid."""
    lines = []
    for period, old, new in zip(periods, before, after, strict=True):
        amount = due(period, old, new, day)
        if amount:
            lines.append(ChargeLine(_improvement_text(what, period, old, new, day), amount))
    return tuple(lines)


def due(period: Period, old_basis: Decimal, new_basis: Decimal, day: date) -> Decimal:
    """The difference of two bases for the days of a period that remain, ``day`` included (P3)."""
    return _remaining_amount(period, new_basis, day) - _remaining_amount(period, old_basis, day)


def remaining_days(period: Period, day: date) -> int:
    """Whole days from ``day``, or from the period's start if that is later, to its end; 0 when it is over."""
    return max((period.end - max(day, period.start)).days, 0)


def renewal_charge(catalogue: Catalogue, contract: Contract, months: int) -> Charge:
    """The next period of a contract at the prices of ``catalogue`` (P2), less what is credited to it (P6).

    A type of resource that the catalogue no longer sells keeps its price. The charge's ``credit`` is by how much the
    contract's changes: less what is used of it, plus what fills the charge up to the smallest payment.

    Raises:
        LookupError: the catalogue has no such offer or system.
    """
    lines = [purchase_line(*renewed_line(catalogue, line), months) for line in contract.in_order]
    used = min(contract.credit, sum((line.amount for line in lines), ZERO))
    if used:
        lines.append(ChargeLine("Credit of this contract", -used))
    charge = with_smallest_payment(tuple(lines), catalogue.smallest_payment)
    return Charge(charge.lines, charge.credit - used)


def with_smallest_payment(lines: tuple[ChargeLine, ...], smallest: Decimal) -> Charge:
    """The charge for ``lines``; above zero and below ``smallest`` it is filled up, and the excess credited (P6)."""
    charge = Charge(lines, ZERO)
    if not ZERO < charge.amount < smallest:
        return charge
    excess = smallest - charge.amount
    filling = ChargeLine(f"Up to the smallest payment of {smallest:.2f}, credited to the next renewal", excess)
    return Charge((*lines, filling), excess)


def contained_vat(gross: Decimal, vat_percent: Decimal) -> Decimal:
    """The VAT that an amount contains (P8)."""
    return round_cents(gross * vat_percent / (100 + vat_percent))


def _remaining_amount(period: Period, basis: Decimal, day: date) -> Decimal:
    # Multiplied before it is divided, so that an amount of exactly half a cent is not lost in a rounded ratio.
    return round_cents(basis * period.months * remaining_days(period, day) / period.days)


def renewed_line(catalogue: Catalogue, line: Line) -> tuple[str, Decimal]:
    """A line in the words of a charge, and what it costs a month from its renewal on.

    Raises:
        LookupError: the catalogue has no such offer or system.
    """
    if line.key == "solution":
        offer, os = line.offer or "", line.os or ""
        return solution_name(catalogue, offer, os), solution_price(catalogue, offer, os)
    resource = catalogue.additional_resource(line.key)
    return counted(line.quantity, line.key), resource.unit_price * line.quantity if resource else line.monthly_price


def solution_name(catalogue: Catalogue, offer: str, os: str) -> str:
    """A solution in the words of a charge: the system is named where it costs something (S3)."""
    system = catalogue.operating_system(os)
    return f"{offer} with {os}" if system is not None and system.monthly_price else offer


def _improvement_text(what: str, period: Period, old: Decimal, new: Decimal, day: date) -> str:
    prices = f"{new:.2f} instead of {old:.2f}" if old else f"{new:.2f}"
    remaining = remaining_days(period, day)
    if remaining == period.days:
        return f"{what}, {_months(period.months)} at {prices}"
    share = f"{remaining} of {period.days} days"
    return f"{what}, {share}{f' of {_months(period.months)}' if period.months > 1 else ''} at {prices}"


def _months(months: int) -> str:
    return "1 month" if months == 1 else f"{months} months"
