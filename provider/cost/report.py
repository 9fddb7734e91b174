"""A report: several projects, their servers, and totals. Amounts of different currencies are never added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from provider.cost.model import ZERO, Price, Problem, Project, ResourceCost

UNKNOWN_CURRENCY = "?"
"""Stands for the currency of what has no known price at all."""


@dataclass(frozen=True, slots=True)
class Total:
    """What is known of some resources in one currency, and how many of them have a price that is not known (P7).

    ``difference`` is of those that are known before and after, so that an unknown price is never taken for zero.
    """

    currency: str
    due_now: Decimal = ZERO
    before: Decimal = ZERO
    after: Decimal = ZERO
    difference: Decimal = ZERO
    unknown: int = 0
    is_known: bool = False
    """Whether there is anything in it at all."""


@dataclass(frozen=True, slots=True)
class Server:
    """All that one contract pays for. ``difference`` and the amounts are None where one of them is not known."""

    name: str
    project: Project
    resources: tuple[ResourceCost, ...]

    @property
    def currency(self) -> str:
        return next((each.currency for each in self.resources if each.currency), UNKNOWN_CURRENCY)

    @property
    def due_now(self) -> Price:
        return _sum(each.due_now for each in self.resources)

    @property
    def before(self) -> Price:
        return _sum(each.monthly_before for each in self.resources)

    @property
    def after(self) -> Price:
        return _sum(each.monthly_after for each in self.resources)

    @property
    def difference(self) -> Price:
        return None if self.after is None or self.before is None else self.after - self.before

    @property
    def paid_until(self) -> date | None:
        return max((each.paid_until for each in self.resources if each.paid_until), default=None)

    @property
    def term_months(self) -> int | None:
        """For how long a new contract is bought."""
        sides = [each.after for each in self.resources if each.action == "create" and each.after]
        return next((side.term_months for side in sides if side.term_months), None)

    @property
    def is_changed(self) -> bool:
        return any(each.action != "keep" or each.has_unknown for each in self.resources)

    @property
    def change(self) -> str:
        """What happens to it, in a word or two."""
        own = [each for each in self.resources if each.kind != "resource"] or list(self.resources)
        actions = {each.action for each in own}
        everything = {each.action for each in self.resources}
        for action, words in (("unplanned", "not planned"), ("end", "ends"), ("create", "new")):
            if actions == {action} or (action == "unplanned" and action in everything):
                return words
        if everything == {"keep"}:
            return "unchanged"
        return "an addition is released" if everything == {"keep", "release"} else "changes"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was read. ``failures`` is what could not be."""

    projects: tuple[Project, ...]
    today: date
    failures: tuple[Problem, ...] = ()

    @property
    def resources(self) -> tuple[ResourceCost, ...]:
        return tuple(each for project in self.projects for each in project.resources)

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(server for project in self.projects for server in servers(project))

    @property
    def totals(self) -> tuple[Total, ...]:
        return totals(self.resources)

    @property
    def unknown(self) -> int:
        return sum(each.has_unknown for each in self.resources)

    @property
    def is_of_states_alone(self) -> bool:
        return bool(self.projects) and all(project.kind == "state" for project in self.projects)

    @property
    def problems(self) -> tuple[tuple[Project | None, Problem], ...]:
        """Errors first, each with its project; those that kept something from being read have none."""
        found = [(project, problem) for project in self.projects for problem in project.problems]
        told: list[tuple[Project | None, Problem]] = [(None, failure) for failure in self.failures]
        told += [each for each in found if each[1].severity == "error"]
        return (*told, *(each for each in found if each[1].severity != "error"))

    @property
    def is_refused(self) -> bool:
        """Whether something failed: then the report is a part of what was asked for."""
        return bool(self.failures) or any(project.errors for project in self.projects)

    @property
    def several(self) -> bool:
        return len(self.projects) > 1


def servers(project: Project) -> tuple[Server, ...]:
    """What a project's contracts pay for, in the order of the plan."""
    found: dict[str, list[ResourceCost]] = {}
    for resource in project.resources:
        found.setdefault(resource.contract, []).append(resource)
    return tuple(Server(together[0].server, project, tuple(together)) for together in found.values())


def totals(resources: Iterable[ResourceCost]) -> tuple[Total, ...]:
    """A total for each currency, by its name. What has no currency is counted as unknown where there is only one."""
    each = list(resources)
    currencies = sorted({one.currency for one in each if one.currency})
    without = sum(one.has_unknown for one in each if not one.currency)
    found = [_total(currency, [one for one in each if one.currency == currency]) for currency in currencies]
    if without and len(found) == 1:
        return (replace(found[0], unknown=found[0].unknown + without),)
    if without:
        found.append(Total(UNKNOWN_CURRENCY, unknown=without))
    return tuple(found)


def _total(currency: str, resources: Sequence[ResourceCost]) -> Total:
    return Total(
        currency,
        sum((each.due_now for each in resources if each.due_now is not None), ZERO),
        sum((each.monthly_before for each in resources if each.monthly_before is not None), ZERO),
        sum((each.monthly_after for each in resources if each.monthly_after is not None), ZERO),
        sum((each.difference for each in resources if each.difference is not None), ZERO),
        sum(each.has_unknown for each in resources),
        not all(each.has_unknown for each in resources),
    )


def _sum(prices: Iterable[Price]) -> Price:
    total = ZERO
    for price in prices:
        if price is None:
            return None
        total += price
    return total
