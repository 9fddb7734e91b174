"""A proposal: one allowed change of one contract line, priced. The plan makes it, the platform checks it (P5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce import policy
from provider.commerce.acceptance import accept, with_operating_system
from provider.commerce.calendar import first_period
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, Period
from provider.commerce.pricing import (
    ZERO,
    ChargeLine,
    bases_for,
    improvement_lines,
    purchase_line,
    renewal_charge,
    renewed_line,
    solution_name,
    solution_price,
    system_price,
    with_smallest_payment,
)
from provider.commerce.proposal_record import Proposal, proposal_from_json, proposal_to_json
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

__all__ = [
    "ChargeLine",
    "Proposal",
    "accept",
    "is_free",
    "proposal_from_json",
    "proposal_to_json",
    "propose",
    "with_operating_system",
]


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

    Raises:
        ValueError: the change is free.
    """
    if contract is not None and is_free(catalogue, contract, change):
        raise ValueError(f"a free change is no order: {change}")
    refusals = policy.change(catalogue, contract, change, today)
    if refusals:
        return refusals
    if isinstance(change, Renew):
        return _renewal(catalogue, contract, change, today)
    if isinstance(change, NewContract):
        periods: tuple[Period, ...] = (first_period(today, change.months),)
        monthly_price = solution_price(catalogue, change.offer, change.os)
        bases: tuple[Decimal, ...] = (monthly_price,)
        name = solution_name(catalogue, change.offer, change.os)
        lines: tuple[ChargeLine, ...] = (purchase_line(name, monthly_price, change.months),)
    else:
        assert contract is not None  # noqa: S101 (policy refused it)
        periods = tuple(period for period in contract.periods if period.end > today)
        before = bases_for(contract, change.line, periods)
        monthly_price, bases = _raised(catalogue, contract, change, before)
        lines = improvement_lines(_description(catalogue, contract, change), periods, before, bases, today)
    charge = with_smallest_payment(lines, catalogue.smallest_payment)
    resource = catalogue.additional_resource(change.line)
    return Proposal(
        contract_id=contract_id,
        line=change.line,
        revision=0 if contract is None else contract.revision(change.line),
        change=change,
        periods=",".join(f"{period.index}:{period.months}" for period in periods),
        amount=charge.amount,
        currency=catalogue.currency,
        lines=charge.lines,
        credit=charge.credit,
        monthly_price=monthly_price,
        unit_price=resource.unit_price if resource else None,
        bases=bases,
        day=today,
        catalogue_fingerprint=catalogue.fingerprint,
    )


def _renewal(catalogue: Catalogue, contract: Contract | None, change: Renew, today: date) -> Proposal:
    """The next period of every line, at the prices of ``catalogue`` (P2)."""
    assert contract is not None  # noqa: S101 (policy refused it)
    charge = renewal_charge(catalogue, contract, change.months)
    prices = tuple(renewed_line(catalogue, line)[1] for line in contract.in_order)
    return Proposal(
        contract_id=contract.id,
        line="renewal",
        revision=contract.revision("renewal"),
        change=change,
        periods=f"{contract.periods[-1].index + 1}:{change.months}",
        amount=charge.amount,
        currency=catalogue.currency,
        lines=charge.lines,
        credit=charge.credit,
        monthly_price=sum(prices, ZERO),
        unit_price=None,
        bases=prices,
        day=today,
        catalogue_fingerprint=catalogue.fingerprint,
    )


def is_free(catalogue: Catalogue, contract: Contract, change: Change) -> bool:
    """Whether a change is no order at all: nothing changes, or only to an operating system that costs no more (C7)."""
    match change:
        case NewContract() | Renew():
            return False
        case SetQuantity():
            return 0 < change.quantity == contract.quantity(change.type)
        case SwitchSolution():
            solution = contract.solution
            if change.offer != solution.offer or change.os == solution.os:
                return change.offer == solution.offer
            wanted = catalogue.operating_system(change.os)
            return wanted is not None and wanted.monthly_price <= system_price(catalogue, solution.os)


def _raised(
    catalogue: Catalogue, contract: Contract, change: SwitchSolution | SetQuantity, before: tuple[Decimal, ...]
) -> tuple[Decimal, tuple[Decimal, ...]]:
    """The line's monthly price and bases after an improvement (P3)."""
    if isinstance(change, SwitchSolution):
        monthly_price = solution_price(catalogue, change.offer, change.os)
        return monthly_price, tuple(max(basis, monthly_price) for basis in before)
    resource = catalogue.additional_resource(change.type)
    line = contract.lines.get(change.type)
    assert resource is not None  # noqa: S101 (policy refused it)
    added = (change.quantity - contract.quantity(change.type)) * resource.unit_price
    return (line.monthly_price if line else ZERO) + added, tuple(basis + added for basis in before)


def _description(catalogue: Catalogue, contract: Contract, change: SwitchSolution | SetQuantity) -> str:
    if isinstance(change, SwitchSolution):
        solution = contract.solution
        before = solution_name(catalogue, solution.offer or "", solution.os or "")
        return f"{before} to {solution_name(catalogue, change.offer, change.os)}"
    held = contract.quantity(change.type)
    return f"{f'{held} to ' if held else ''}{policy.counted(change.quantity, change.type)}"
