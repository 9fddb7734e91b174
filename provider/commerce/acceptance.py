"""What a contract becomes when a change of it is delivered. ``proposal`` re-exports what others call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce.calendar import first_period, renewed_period
from provider.commerce.change import NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, Improvement, Line, LineKey
from provider.commerce.pricing import ZERO, bases_for, solution_price, system_price
from provider.commerce.proposal_record import Proposal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def accept(
    contract: Contract | None,
    proposal: Proposal,
    *,
    at: datetime,
    order_id: str,
) -> Contract:
    """The contract after a proposal was paid and delivered: line, bases and revision moved on, the improvement kept.

    A new contract's first period starts on the UTC day of ``at``; for a renewal ``at`` is when it was paid. Also used
    at plan with the day of planning, to price additions of a server that is not bought yet.

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
    if isinstance(change, Renew):
        return _renewed(contract, proposal, change, at.astimezone(UTC).date())
    held = contract.lines.get(change.line)
    line = Line(
        key=change.line,
        revision=revision + 1,
        monthly_price=proposal.monthly_price,
        bases=_moved_bases(contract, change.line, proposal),
        offer=change.offer if isinstance(change, SwitchSolution) else None,
        os=change.os if isinstance(change, SwitchSolution) else None,
        quantity=change.quantity if isinstance(change, SetQuantity) else 0,
        improvements=_improvements(held, change, at, order_id),
    )
    return replace(contract, lines={**contract.lines, change.line: line}, credit=contract.credit + proposal.credit)


def with_operating_system(catalogue: Catalogue, contract: Contract, os: str) -> Contract:
    """The contract after a free change of its operating system (C7): revision and bases stay as they are.

    A system that costs less lowers what the line costs a month from the next renewal on; nothing is paid back.
    """
    solution = contract.solution
    new = catalogue.operating_system(os)
    price = new.monthly_price if new else ZERO
    monthly_price = solution.monthly_price
    if price < system_price(catalogue, solution.os):
        monthly_price = min(monthly_price, solution_price(catalogue, solution.offer or "", os))
    return replace(
        contract, lines={**contract.lines, "solution": replace(solution, os=os, monthly_price=monthly_price)}
    )


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
        credit=proposal.credit,
    )


def _renewed(contract: Contract, proposal: Proposal, change: Renew, paid_on: date) -> Contract:
    """Every line goes on at its renewed price; out of suspension from the day it was paid on (L2)."""
    period = renewed_period(contract, change.months, paid_on)
    goes_on = period.start == contract.paid_until
    lines = {
        line.key: replace(
            line,
            revision=line.revision + 1,
            monthly_price=price,
            bases=(*line.bases, price) if goes_on else (price,),
        )
        for line, price in zip(contract.in_order, proposal.bases, strict=True)
    }
    return replace(
        contract,
        anchor_day=contract.anchor_day if goes_on else period.start.day,
        periods=(*contract.periods, period) if goes_on else (period,),
        lines=lines,
        credit=contract.credit + proposal.credit,
    )


def _moved_bases(contract: Contract, key: LineKey, proposal: Proposal) -> tuple[Decimal, ...]:
    """The line's bases for the contract's periods: the proposal's for those that it was computed for."""
    indexes = (int(period.split(":")[0]) for period in proposal.periods.split(","))
    moved = dict(zip(indexes, proposal.bases, strict=True))
    kept = bases_for(contract, key, contract.periods)
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
