"""A report as JSON, in the shape that Infracost's users know, with what is ours beside it (``docs/cost.md``).

Amounts are strings of two decimals, unknown ones null. Where there are several currencies the sums over all of them are
null, and ``totals`` has them for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from provider.cost.ahead import outlooks
from provider.cost.model import CostComponent, Price, Problem, Project, ResourceCost
from provider.cost.report import UNKNOWN_CURRENCY, Report, Total, totals

SHAPE = "0.2"
"""The version of the shape that it follows."""
QUALIT_VERSION = "1"
"""The version of what is ours: it changes where a field of ours changes its meaning or goes."""


def as_json(report: Report) -> str:
    """The JSON text, ending with a line break."""
    return json.dumps(as_document(report), indent=2, ensure_ascii=False) + "\n"


def as_document(report: Report) -> dict[str, Any]:
    """The JSON document as Python has it."""
    priced = _priced(report.totals)
    return {
        "version": SHAPE,
        "qualitVersion": QUALIT_VERSION,
        "timeGenerated": f"{report.today.isoformat()}T00:00:00Z",
        "currency": priced[0].currency if len(priced) == 1 else None,
        **_sums(report.totals),
        "totals": [
            {
                "currency": total.currency,
                "dueNow": _money(total.due_now),
                "totalMonthlyCost": _money(total.after),
                "pastTotalMonthlyCost": _money(total.before),
                "diffTotalMonthlyCost": _money(total.difference),
                "unknownResources": total.unknown,
            }
            for total in priced
        ],
        "projects": [_project(project) for project in report.projects],
        "failures": [_problem(failure) for failure in report.failures],
        "monthsAhead": [
            {
                "currency": outlook.currency,
                "months": [
                    {"month": f"{month.first:%Y-%m}", "before": _money(month.before), "after": _money(month.after)}
                    for month in outlook.months
                ],
                "leftOut": list(outlook.left_out),
            }
            for outlook in outlooks(report)
        ],
        "summary": _summary(report.resources, sum(project.foreign for project in report.projects)),
    }


def _project(project: Project) -> dict[str, Any]:
    resources = project.resources
    return {
        "name": project.name,
        "metadata": {"path": project.source, "type": f"{project.tool}_{project.kind}"},
        "pastBreakdown": _breakdown(resources, "before"),
        "breakdown": _breakdown(resources, "after"),
        **{
            name: value
            for name, value in _sums(totals(resources)).items()
            if name in ("dueNow", "diffTotalMonthlyCost")
        },
        "problems": [_problem(problem) for problem in project.problems],
        "summary": _summary(resources, project.foreign),
    }


def _breakdown(resources: Sequence[ResourceCost], which: Literal["before", "after"]) -> dict[str, Any]:
    there = [each for each in resources if (each.before if which == "before" else each.after) is not None]
    sums = _sums(totals(resources))
    return {
        "resources": [_resource(each, which) for each in there],
        "totalMonthlyCost": sums["pastTotalMonthlyCost" if which == "before" else "totalMonthlyCost"],
    }


def _resource(resource: ResourceCost, which: Literal["before", "after"]) -> dict[str, Any]:
    side = resource.before if which == "before" else resource.after
    components = side.components if side else ()
    shown: dict[str, Any] = {
        "name": resource.address,
        "resourceType": f"qualit_{resource.kind}",
        "server": resource.server,
        "currency": resource.currency,
        "monthlyCost": _money(side.monthly if side else None),
        "termMonths": side.term_months if side else None,
        "paidUntil": side.paid_until.isoformat() if side and side.paid_until else None,
        "costComponents": [_component(component) for component in components],
    }
    if which == "after":
        shown |= {
            "action": resource.action,
            "dueNow": _money(resource.due_now),
            "charge": [{"description": line.description, "amount": _money(line.amount)} for line in resource.lines],
            "notes": list(resource.notes),
        }
    return shown


def _component(component: CostComponent) -> dict[str, Any]:
    return {
        "name": component.name,
        "unit": component.unit,
        "monthlyQuantity": None if component.quantity is None else f"{component.quantity.normalize():f}",
        "price": _money(component.price),
        "monthlyCost": _money(component.monthly_cost),
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "severity": problem.severity,
        "resource": problem.address,
        "summary": problem.summary,
        "detail": problem.detail,
    }


def _sums(of: Sequence[Total]) -> dict[str, str | None]:
    """The sums over one currency; zero where there is nothing, null where there are several currencies."""
    priced = _priced(of)
    names = ("dueNow", "totalMonthlyCost", "pastTotalMonthlyCost", "diffTotalMonthlyCost")
    if len(priced) > 1:
        return dict.fromkeys(names)
    only = priced[0] if priced else Total(UNKNOWN_CURRENCY)
    return dict(zip(names, map(_money, (only.due_now, only.after, only.before, only.difference)), strict=True))


def _summary(resources: Iterable[ResourceCost], foreign: int) -> dict[str, int]:
    each = list(resources)
    return {
        "totalDetectedResources": len(each) + foreign,
        "totalSupportedResources": len(each),
        "totalUnsupportedResources": foreign,
        "totalUnknownResources": sum(one.has_unknown for one in each),
    }


def _priced(of: Sequence[Total]) -> list[Total]:
    return [total for total in of if total.currency != UNKNOWN_CURRENCY]


def _money(price: Price) -> str | None:
    return None if price is None else f"{price:.2f}"
