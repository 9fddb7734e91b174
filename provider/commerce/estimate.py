"""What several changes of one contract would cost together on a day: nothing is held and nothing ordered.

Called by ``qualit price`` and by the data source ``price``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce import policy
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract
from provider.commerce.pricing import ZERO, contained_vat, monthly_price_of
from provider.commerce.proposal import Proposal, accept, is_free, propose, with_operating_system
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

_UNBOUGHT = "price"
"""Stands for the ids of the contract and the orders, which nothing of a price depends on."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The changes that cost something, each priced on the contract that it would be ordered for, in that order.

    ``before`` is None for a new contract, ``after`` what the contract is when all of it is delivered.
    """

    day: date
    catalogue: Catalogue
    before: Contract | None
    after: Contract
    proposals: tuple[Proposal, ...]

    @property
    def due_now(self) -> Decimal:
        return sum((proposal.amount for proposal in self.proposals), ZERO)

    @property
    def vat_contained(self) -> Decimal:
        return contained_vat(self.due_now, self.catalogue.vat_percent)

    @property
    def monthly_price_before(self) -> Decimal:
        return ZERO if self.before is None else monthly_price_of(self.before)

    @property
    def monthly_price(self) -> Decimal:
        return monthly_price_of(self.after)


def estimate(
    catalogue: Catalogue, contract: Contract | None, changes: Sequence[Change], day: date
) -> Estimate | tuple[Refusal, ...]:
    """Price changes one after another; ``contract`` is None where the first of them is a new one.

    Refused are all that the rules do not allow, each said once. What is free costs nothing and is not among the
    proposals. Whether a machine must be reinstalled or restarted for it is another question (C1, C7).
    """
    proposals: list[Proposal] = []
    refusals: list[Refusal] = []
    after = contract
    at = datetime.combine(day, time.min, tzinfo=UTC)
    for change in changes:
        if after is None and isinstance(change, SetQuantity):
            refusals.extend(policy.quantity(catalogue, change.type, change.quantity))
        elif after is not None and is_free(catalogue, after, change):
            after = with_operating_system(catalogue, after, change.os) if isinstance(change, SwitchSolution) else after
        else:
            outcome = propose(catalogue, after.id if after else _UNBOUGHT, after, change, day)
            if isinstance(outcome, Proposal):
                proposals.append(outcome)
                after = accept(after, outcome, at=at, order_id=_UNBOUGHT)
            else:
                refusals.extend(outcome)
    if refusals:
        return tuple({(refusal.rule, refusal.detail): refusal for refusal in reversed(refusals)}.values())[::-1]
    if after is None:
        raise ValueError("a contract that does not exist is priced from its NewContract on")
    return Estimate(day, catalogue, contract, after, tuple(proposals))


def by_day(
    catalogue: Catalogue, contract: Contract, changes: Sequence[Change], day: date
) -> Iterator[tuple[date, Decimal]]:
    """What improvements cost on ``day`` and on each later day of the paid time (P3)."""
    improvements = [change for change in changes if not isinstance(change, NewContract | Renew)]
    while day < contract.paid_until:
        outcome = estimate(catalogue, contract, improvements, day)
        if not isinstance(outcome, Estimate):
            return
        yield day, outcome.due_now
        day += timedelta(days=1)
