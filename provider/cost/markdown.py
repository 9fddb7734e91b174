"""A report in Markdown for a comment: a headline, what is refused, a small table, and the details folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provider.cost.model import ResourceCost
from provider.cost.report import Report, Server
from provider.cost.words import counted, headline, money, paid_until, place, remarks, signed, title, units

ROWS = 60
"""How many servers a comment shows; GitHub cuts comments at 65,536 characters."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]|~#])")


def as_markdown(report: Report) -> str:
    """The comment, ending with a line break."""
    parts = [f"**Qual.IT: {_escaped(headline(report))}**"]
    refusals = [_problem(report, index) for index, (_, each) in enumerate(report.problems) if each.severity == "error"]
    if refusals:
        parts.append("\n".join(refusals))
    changed = [server for server in report.servers if server.is_changed or report.is_of_states_alone]
    if report.servers:
        parts.append("\n".join(_table(report, changed)))
    notes = remarks(report)
    if notes:
        parts.append("\n\n".join(_escaped(note) for note in notes))
    if changed:
        parts.append(_folded("What is paid, and unit prices", _details(report, changed)))
    warnings = [_problem(report, i) for i, (_, each) in enumerate(report.problems) if each.severity == "warning"]
    if warnings:
        parts.append(_folded(counted(len(warnings), "warning"), warnings))
    return "\n\n".join(parts) + "\n"


def _table(report: Report, changed: Sequence[Server]) -> Iterator[str]:
    shown = changed[:ROWS]
    yield "| Server | Change | Pay now | Each month before | after | Difference | Paid until |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for server in shown:
        yield _row(
            title(server, report),
            server.change,
            money(server.due_now, server.currency),
            money(server.before, server.currency),
            money(server.after, server.currency),
            signed(server.difference, server.currency),
            paid_until(server),
        )
    unchanged = len(report.servers) - len(changed)
    for count, words in ((len(changed) - len(shown), "more that change"), (unchanged, "unchanged")):
        if count:
            yield _row(f"{counted(count, 'server')} {words}", "", "", "", "", "", "")
    for total in report.totals:
        if not total.is_known:
            continue
        amounts = [money(each, total.currency) for each in (total.due_now, total.before, total.after)]
        unknown = f"{total.unknown} unknown" if total.unknown else ""
        yield _row("Total", unknown, *amounts, signed(total.difference, total.currency), "", strong=True)


def _row(*cells: str, strong: bool = False) -> str:
    written = [_escaped(cell) for cell in cells]
    return f"| {' | '.join(f'**{cell}**' if strong and cell else cell for cell in written)} |"


def _details(report: Report, changed: Sequence[Server]) -> Iterator[str]:
    for server in changed[:ROWS]:
        yield f"- **{_escaped(title(server, report))}**"
        for resource in server.resources:
            for line in _of_resource(resource):
                yield f"  - {_escaped(line)}"


def _of_resource(resource: ResourceCost) -> Iterator[str]:
    currency = resource.currency or ""
    side = resource.after or resource.before
    for part in side.components if side else ():
        price = money(part.price, currency)
        monthly = money(part.monthly_cost, currency)
        if resource.kind == "resource":
            yield f"{resource.address}: {part.name}, {units(part)} at {price} a unit and month: {monthly} a month"
        else:
            yield f"{resource.address}: {part.name}: {monthly} a month"
    for line in resource.lines:
        yield f"now: {line.description}: {money(line.amount, currency)}"
    if resource.due_now is None:
        yield f"{resource.address}: what is to be paid now is unknown"
    yield from resource.notes


def _problem(report: Report, index: int) -> str:
    project, problem = report.problems[index]
    where = place(project, problem, report)
    detail = f": {_escaped(' '.join(problem.detail.split()))}" if problem.detail else ""
    at = f" ({_escaped(where)})" if where else ""
    return f"- **{_escaped(problem.summary)}**{at}{detail}"


def _folded(summary: str, lines: Iterator[str] | Sequence[str]) -> str:
    listed = "\n".join(lines)
    return f"<details><summary>{_escaped(summary)}</summary>\n\n{listed}\n\n</details>"


def _escaped(text: str) -> str:
    """Text that Markdown takes as it is: no markup, no HTML, no person who is told of it."""
    flat = " ".join(text.split())
    safe = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return _SPECIAL.sub(r"\\\1", safe)
