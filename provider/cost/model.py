"""The neutral model of a cost report: whatever tool planned a change, it is read into this.

A price of None is one that is not known; it is counted and shown as unknown, never guessed (P7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

ZERO = Decimal("0.00")

Kind = Literal["vps", "order", "resource"]
Action = Literal["create", "change", "keep", "release", "end", "unplanned"]
"""``release``: an addition that is no longer declared, and stays paid (C5). ``unplanned``: it exists, and the plan
failed before it came to it."""
Severity = Literal["error", "warning"]
Price = Decimal | None


@dataclass(frozen=True, slots=True)
class CostComponent:
    """One thing with a monthly price: a solution, or an addition's units."""

    name: str
    unit: str
    quantity: Decimal | None
    price: Price
    monthly_cost: Price


@dataclass(frozen=True, slots=True)
class Side:
    """A resource before or after the change. ``monthly`` is zero where the price is another resource's (an order's)."""

    monthly: Price
    components: tuple[CostComponent, ...]
    paid_until: date | None = None
    term_months: int | None = None
    auto_renew: bool = True


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of what is paid now, in the words of the plan."""

    description: str
    amount: Price


@dataclass(frozen=True, slots=True)
class ResourceCost:
    """One resource with its prices before and after. ``contract`` is the same for all that one contract pays for, and
    ``server`` is what people call that. ``currency`` is None where no price is known."""

    address: str
    kind: Kind
    name: str
    contract: str
    server: str
    action: Action
    currency: str | None
    before: Side | None
    after: Side | None
    due_now: Price
    reason: str = ""
    lines: tuple[ChargedLine, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def monthly_before(self) -> Price:
        return self.before.monthly if self.before else ZERO

    @property
    def monthly_after(self) -> Price:
        return self.after.monthly if self.after else ZERO

    @property
    def difference(self) -> Price:
        before, after = self.monthly_before, self.monthly_after
        return None if before is None or after is None else after - before

    @property
    def has_unknown(self) -> bool:
        return None in (self.due_now, self.monthly_before, self.monthly_after)

    @property
    def paid_until(self) -> date | None:
        side = self.after or self.before
        return side.paid_until if side else None


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, an error or a warning of the plan; ``address`` is empty where it is about no resource."""

    severity: Severity
    address: str
    summary: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """One plan, preview or state. ``foreign`` counts the resources of other providers, which have no price here."""

    name: str
    source: str
    tool: Literal["terraform", "pulumi"]
    kind: Literal["plan", "state"]
    resources: tuple[ResourceCost, ...]
    problems: tuple[Problem, ...] = ()
    foreign: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


class UnreadableError(Exception):
    """What was given is nothing that a report can be made of; ``detail`` says what to give."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail
