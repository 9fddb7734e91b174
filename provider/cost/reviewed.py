"""Whether what is planned now is what a report that was approved says: the same changes at the same prices (P5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provider.cost.breakdown import QUALIT_VERSION, as_document
from provider.cost.model import UnreadableError
from provider.cost.parsing import decoded, parsed
from provider.cost.report import Report

_COMPARED = ("action", "server", "currency", "dueNow", "monthlyCost", "termMonths", "charge", "costComponents")
"""What of a resource has to be the same. Until when it is paid follows from these."""

Resource = Mapping[str, Any]


def read_reviewed(content: bytes, source: str) -> dict[str, Any]:
    """A report that ``--format json`` printed.

    Raises:
        UnreadableError: it is none, one of another version, or one that refuses something itself.
    """
    what_to_give = "Give what `qualit cost --format json` printed of the plan that was approved."
    document = parsed(decoded(content, source), source, what_to_give)
    try:
        _changes(document)
        is_report = document["qualitVersion"] == QUALIT_VERSION
        problems = [each for project in document["projects"] for each in project["problems"]] + document["failures"]
        is_refused = any(each["severity"] == "error" for each in problems)
    except (KeyError, TypeError, AttributeError):
        is_report = is_refused = False
    if not is_report:
        raise UnreadableError(f"{source} is no report of version {QUALIT_VERSION}", what_to_give)
    if is_refused:
        raise UnreadableError(f"{source} is a report of something that was refused", what_to_give)
    return document


def differences(report: Report, reviewed: Mapping[str, Any]) -> tuple[str, ...]:
    """What is planned otherwise than it was approved, each in a sentence; an unknown price was never approved (P7)."""
    was, now = _changes(reviewed), _changes(as_document(report))
    names = [*was, *(name for name in now if name not in was)]
    return tuple(
        f"{name}: approved was {_said(was.get(name))}, planned is {_said(now.get(name))}"
        for name in names
        if was.get(name) != now.get(name) or None in (now[name]["dueNow"], now[name]["monthlyCost"])
    )


def _changes(document: Mapping[str, Any]) -> dict[str, Resource]:
    """What changes, by the name of the resource, and of its project where there are several."""
    return {
        f"{project['name']}: {each['name']}" if len(document["projects"]) > 1 else each["name"]: {
            name: each.get(name) for name in _COMPARED
        }
        for project in document["projects"]
        for each in (*_planned(project), *_ended(project))
    }


def _planned(project: Mapping[str, Any]) -> Iterator[Resource]:
    yield from (each for each in project["breakdown"]["resources"] if each["action"] != "keep")


def _ended(project: Mapping[str, Any]) -> Iterator[Resource]:
    there = {each["name"] for each in project["breakdown"]["resources"]}
    for each in project["pastBreakdown"]["resources"]:
        if each["name"] not in there:
            yield {
                "name": each["name"],
                "action": "end",
                "server": each["server"],
                "dueNow": "0.00",
                "monthlyCost": "0.00",
            }


def _said(change: Resource | None) -> str:
    if change is None:
        return "no change"
    if change["action"] in ("end", "release"):
        return f"its {change['action']}"
    now, monthly = (_amount(change[name], change["currency"]) for name in ("dueNow", "monthlyCost"))
    lines = "; ".join(line["description"] for line in change["charge"])
    return f"to {change['action']} it for {now} now and {monthly} a month{f' ({lines})' if lines else ''}"


def _amount(amount: str | None, currency: str | None) -> str:
    return "an unknown amount" if amount is None else f"{amount} {currency or ''}".strip()
