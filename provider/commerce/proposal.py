"""A proposal: one allowed change of one contract line, priced. The plan makes it, the platform checks it (P5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from provider.commerce.calendar import first_period
from provider.commerce.catalogue import Catalogue
from provider.commerce.change import Change, NewContract, SetQuantity, SwitchSolution, change_from_json, change_to_json
from provider.commerce.contract import Contract, Improvement, Line, LineKey, Period
from provider.commerce.policy import check_change
from provider.commerce.pricing import (
    ZERO,
    Charge,
    ChargeLine,
    improvement_lines,
    purchase_line,
    solution_name,
    solution_price,
    with_smallest_payment,
)
from provider.commerce.refusal import Refusal

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


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would do to a contract's line and what is due for it now.

    ``periods`` names the paid periods that the amount was computed for, as ``index:months`` joined by commas
    (``"1:3"``); a contract that is not bought yet has the one that buying it would start. ``bases`` are the
    line's new bases for those periods. ``amount`` is the sum of ``lines`` and what is paid now.
    ``credit`` is the part of ``amount`` that rounds a too small payment up and is credited (P6).
    ``monthly_price`` is the line's after the change, ``unit_price`` that of an addition in the catalogue.
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
    refusals = check_change(catalogue, contract, change, today)
    if refusals:
        return refusals
    if isinstance(change, NewContract):
        periods: tuple[Period, ...] = (first_period(today, change.months),)
        monthly_price = solution_price(catalogue, change.offer, change.os)
        bases: tuple[Decimal, ...] = (monthly_price,)
        name = solution_name(catalogue, change.offer, change.os)
        lines: tuple[ChargeLine, ...] = (purchase_line(name, monthly_price, change.months),)
    else:
        assert contract is not None  # noqa: S101 (check_change refused it)
        periods = tuple(period for period in contract.periods if period.end > today)
        before = _bases(contract, change.line, periods)
        monthly_price, bases = _raised(catalogue, contract, change, before)
        lines = improvement_lines(_description(catalogue, contract, change), periods, before, bases, today)
    charge: Charge = with_smallest_payment(lines, catalogue.smallest_payment)
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


def is_free(catalogue: Catalogue, contract: Contract, change: Change) -> bool:
    """Whether a change is no order at all: nothing changes, or only to an operating system that costs no more (C7)."""
    match change:
        case NewContract():
            return False
        case SetQuantity():
            return 0 < change.quantity == contract.quantity(change.type)
        case SwitchSolution():
            solution = contract.solution
            if change.offer != solution.offer or change.os == solution.os:
                return change.offer == solution.offer
            wanted = catalogue.operating_system(change.os)
            return wanted is not None and wanted.monthly_price <= _system_price(catalogue, solution.os)


def accept(
    contract: Contract | None,
    proposal: Proposal,
    *,
    at: datetime,
    order_id: str,
) -> Contract:
    """The contract after a proposal was paid and delivered: line, bases and revision moved on, the improvement kept.

    A new contract's first period starts on the UTC day of ``at``. Also used at plan with the day of planning,
    to price additions of a server that is not bought yet.

    Raises:
        ValueError: the line is not at the revision that the proposal starts from (N6).
    """
    revision = 0 if contract is None else contract.revision(proposal.line)
    if revision != proposal.revision:
        raise ValueError(f"the line {proposal.line} is at revision {revision}, not {proposal.revision}")
    change = proposal.change
    if isinstance(change, NewContract):
        return _begun(proposal, change, at.astimezone(UTC).date())
    if contract is None:
        raise ValueError(f"no contract to change: {proposal.contract_id}")
    held = contract.lines.get(change.line)
    line = Line(
        key=change.line,
        revision=revision + 1,
        monthly_price=proposal.monthly_price,
        bases=_moved_bases(contract, proposal),
        offer=change.offer if isinstance(change, SwitchSolution) else None,
        os=change.os if isinstance(change, SwitchSolution) else None,
        quantity=change.quantity if isinstance(change, SetQuantity) else 0,
        improvements=_improvements(held, change, at, order_id),
    )
    return replace(contract, lines={**contract.lines, change.line: line})


def with_operating_system(catalogue: Catalogue, contract: Contract, os: str) -> Contract:
    """The contract after a free change of its operating system (C7): revision and bases stay as they are.

    A system that costs less lowers what the line costs a month from the next renewal on; nothing is paid back.
    """
    solution = contract.solution
    new = catalogue.operating_system(os)
    price = new.monthly_price if new else ZERO
    monthly_price = solution.monthly_price
    if price < _system_price(catalogue, solution.os):
        monthly_price = min(monthly_price, solution_price(catalogue, solution.offer or "", os))
    return replace(
        contract, lines={**contract.lines, "solution": replace(solution, os=os, monthly_price=monthly_price)}
    )


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


def _system_price(catalogue: Catalogue, os: str | None) -> Decimal:
    """The monthly price of a system; one that the catalogue no longer has counts as free."""
    system = catalogue.operating_system(os or "")
    return system.monthly_price if system else ZERO


def _bases(contract: Contract, key: LineKey, periods: tuple[Period, ...]) -> tuple[Decimal, ...]:
    """The line's bases for ``periods``; 0 for a line that the contract does not have yet."""
    line = contract.lines.get(key)
    if line is None:
        return (ZERO,) * len(periods)
    known = {period.index: basis for period, basis in zip(contract.periods, line.bases, strict=True)}
    return tuple(known[period.index] for period in periods)


def _raised(
    catalogue: Catalogue, contract: Contract, change: SwitchSolution | SetQuantity, before: tuple[Decimal, ...]
) -> tuple[Decimal, tuple[Decimal, ...]]:
    """The line's monthly price and bases after an improvement (P3)."""
    if isinstance(change, SwitchSolution):
        monthly_price = solution_price(catalogue, change.offer, change.os)
        return monthly_price, tuple(max(basis, monthly_price) for basis in before)
    resource = catalogue.additional_resource(change.type)
    line = contract.lines.get(change.type)
    assert resource is not None  # noqa: S101 (check_change refused it)
    added = (change.quantity - contract.quantity(change.type)) * resource.unit_price
    return (line.monthly_price if line else ZERO) + added, tuple(basis + added for basis in before)


def _description(catalogue: Catalogue, contract: Contract, change: SwitchSolution | SetQuantity) -> str:
    if isinstance(change, SwitchSolution):
        solution = contract.solution
        before = solution_name(catalogue, solution.offer or "", solution.os or "")
        return f"{before} to {solution_name(catalogue, change.offer, change.os)}"
    resource = catalogue.additional_resource(change.type)
    unit = resource.unit if resource else ""
    held = contract.quantity(change.type)
    quantities = f"{held} to {change.quantity}" if held else str(change.quantity)
    return f"{change.type} {quantities} {unit}"


def _begun(proposal: Proposal, change: NewContract, start: date) -> Contract:
    solution = Line(
        key="solution",
        revision=proposal.revision + 1,
        monthly_price=proposal.monthly_price,
        bases=proposal.bases,
        offer=change.offer,
        os=change.os,
    )
    return Contract(
        id=proposal.contract_id,
        currency=proposal.currency,
        anchor_day=start.day,
        term_months=change.months,
        periods=(first_period(start, change.months),),
        lines={"solution": solution},
    )


def _moved_bases(contract: Contract, proposal: Proposal) -> tuple[Decimal, ...]:
    """The line's bases for the contract's periods: the proposal's for those that it was computed for."""
    indexes = (int(period.split(":")[0]) for period in proposal.periods.split(","))
    moved = dict(zip(indexes, proposal.bases, strict=True))
    kept = _bases(contract, proposal.line, contract.periods)
    return tuple(moved.get(period.index, basis) for period, basis in zip(contract.periods, kept, strict=True))


def _improvements(
    held: Line | None, change: SwitchSolution | SetQuantity, at: datetime, order_id: str
) -> tuple[Improvement, ...]:
    """The line's improvements with this one; a first purchase and a change of the system alone are none (C1)."""
    if held is None:
        return ()
    if isinstance(change, SetQuantity):
        before, after = str(held.quantity), str(change.quantity)
    else:
        before, after = held.offer or "", change.offer
    if before == after:
        return held.improvements
    return (*held.improvements, Improvement(at=at, before=before, after=after, order_id=order_id))
