"""A cost report as a table: coloured on a terminal, plain in a log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provider.cli.output import Column, print_table, print_text
from provider.cost.model import Price, ResourceCost
from provider.cost.report import Report, Server
from provider.cost.words import headline, money, paid_until, place, remarks, signed, title, units

if TYPE_CHECKING:
    from rich.text import Text


def print_report(report: Report) -> None:
    """Print the headline, what is refused, the servers, their parts, and what else has to be said."""
    print_text(headline(report), style="bold red" if report.is_refused else "bold")
    for project, problem in report.problems:
        style = "red" if problem.severity == "error" else "yellow"
        where = place(project, problem, report)
        print_text(f"\n{'Error' if problem.severity == 'error' else 'Warning'}: {problem.summary}", style=style)
        print_text("\n".join(part for part in (f"with {where}" if where else "", problem.detail) if part))
    if report.servers:
        print_text("")
        rows, is_total = _rows(report)
        print_table(
            [
                Column("Server"),
                Column("Change"),
                Column("Pay now", "right"),
                Column("A month before", "right"),
                Column("After", "right"),
                Column("Difference", "right"),
                Column("Paid until"),
            ],
            rows,
            last_is_total=is_total,
        )
        _print_parts(report)
    for remark in remarks(report):
        print_text(f"\n{remark}")


def _rows(report: Report) -> tuple[list[list[str | Text]], bool]:
    rows = [_row(server, report) for server in report.servers]
    sums = [total for total in report.totals if total.is_known]
    for total in sums:
        amounts = [money(each, total.currency) for each in (total.due_now, total.before, total.after)]
        unknown = f"{total.unknown} unknown" if total.unknown else ""
        rows.append(["Total", unknown, *amounts, _difference(total.difference, total.currency), ""])
    return rows, len(sums) == 1


def _row(server: Server, report: Report) -> list[str | Text]:
    return [
        title(server, report),
        server.change,
        *(money(each, server.currency) for each in (server.due_now, server.before, server.after)),
        _difference(server.difference, server.currency),
        paid_until(server),
    ]


def _difference(price: Price, currency: str) -> Text:
    """More is red, less is green, unknown is yellow."""
    from rich.text import Text

    style = "yellow" if price is None else "red" if price > 0 else "green" if price < 0 else ""
    return Text(signed(price, currency), style=style)


def _print_parts(report: Report) -> None:
    rows = [row for server in report.servers for each in server.resources for row in _parts(each)]
    if rows:
        print_text("")
        print_table(
            [
                Column("Resource"),
                Column("What"),
                Column("Quantity", "right"),
                Column("Unit price", "right"),
                Column("A month", "right"),
                Column("Now", "right"),
            ],
            rows,
        )
    for server in report.servers:
        for each in server.resources:
            for line in (*_now(each), *each.notes):
                print_text(f"{each.address}: {line}")


def _parts(resource: ResourceCost) -> Iterator[list[str]]:
    side, currency = resource.after or resource.before, resource.currency or ""
    for part in side.components if side else ():
        yield [
            resource.address,
            part.name,
            units(part) if resource.kind == "resource" else "",
            money(part.price, currency),
            money(part.monthly_cost, currency),
            money(resource.due_now, currency),
        ]


def _now(resource: ResourceCost) -> Iterator[str]:
    for line in resource.lines:
        yield f"{line.description}: {money(line.amount, resource.currency or '')}"
