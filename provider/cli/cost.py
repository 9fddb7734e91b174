"""``qualit cost``: what a plan costs, for the person who approves it. Opens no home and needs no platform."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provider.cli.output import CommandError, print_error, print_warning

if TYPE_CHECKING:
    from provider.cost.model import Problem, Project
    from provider.cost.report import Report

ABOVE, INCREASE, UNKNOWN, NOT_AS_REVIEWED = 3, 4, 5, 6
"""Exit codes of the limits; 1 is refused or failed, 2 wrong usage, as everywhere."""


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a month may cost; in every currency where none is named."""

    amount: Decimal
    currency: str | None


def cost(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE_OR_FOLDER",
            help="JSON of a plan, preview or state; a folder, which is planned; or - for what is piped in.",
            show_default=False,
        ),
    ],
    form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TABLE,
    stack: Annotated[
        list[str] | None,
        typer.Option(help="A stack of a Pulumi folder; may be given several times.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the plan of a folder in this file, unless something is refused: what apply takes, or the "
            "JSON of Pulumi's preview.",
            show_default=False,
        ),
    ] = None,
    fail_above: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AMOUNT",
            help='Exit with 3 if a month costs more afterwards, such as 100 or "100.00 EUR".',
            show_default=False,
        ),
    ] = None,
    fail_on_increase: Annotated[
        bool, typer.Option("--fail-on-increase", help="Exit with 4 if a month costs more than before.")
    ] = False,
    fail_on_unknown: Annotated[
        bool, typer.Option("--fail-on-unknown", help="Exit with 5 if a price is not known yet.")
    ] = False,
    reviewed: Annotated[
        Path | None,
        typer.Option(
            metavar="REPORT",
            help="Exit with 6 unless the changes and their prices are those of this report of --format json.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what a plan costs: now, and each month before and after.

    Reads what `terraform show -json PLAN` (or tofu), `terraform show -json` (a state), `pulumi preview --json` and
    `pulumi stack export` print. A folder is planned with Terraform, OpenTofu or Pulumi, and nothing is applied. Several
    of them make one report.

    Exit codes: 0 done; 1 something was refused, failed or could not be read (the report shows the rest); 2 wrong usage;
    3 above the limit; 4 an increase; 5 an unknown price; 6 not what was reviewed. If several are true, the first of
    them.
    """
    limits = [_limit(text) for text in fail_above or ()]
    approved = None if reviewed is None else _reviewed(reviewed)
    report = _read(sources, stack or [], _fresh(out, sources, stack or []))
    _print(report, form)
    exceeded = _exceeded(report, limits, on_increase=fail_on_increase, on_unknown=fail_on_unknown)
    if approved is not None:
        from provider.cost.reviewed import differences

        exceeded += [(NOT_AS_REVIEWED, each) for each in differences(report, approved)]
    for code, words in exceeded:
        print_warning(f"{words} (exit code {code})")
    if report.is_refused:
        raise typer.Exit(1)
    if exceeded:
        raise typer.Exit(exceeded[0][0])


def _limit(text: str) -> Limit:
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,2})?)(?: ?([A-Z]{3}))?", text.strip())
    if match is None:
        raise typer.BadParameter(
            f'"{text}" is no amount. Write it with a point and at most two decimals, such as 100.00, or with its '
            'currency, such as "100.00 EUR".',
            param_hint="--fail-above",
        )
    return Limit(Decimal(match[1]), match[2])


def _fresh(out: Path | None, sources: list[str], stacks: list[str]) -> Path | None:
    """The file that a plan is kept in; one that was there before is gone, so that nobody applies that."""
    if out is None:
        return None
    if len(sources) != 1 or len(stacks) > 1 or not Path(sources[0]).is_dir():
        raise typer.BadParameter("A plan is kept of one folder, and in Pulumi of one stack.", param_hint="--out")
    try:
        out.unlink(missing_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}.", param_hint="--out") from error
    if not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.", param_hint="--out")
    return out


def _reviewed(path: Path) -> dict[str, Any]:
    from provider.cost.model import UnreadableError
    from provider.cost.reviewed import read_reviewed

    try:
        return read_reviewed(_content(str(path)), str(path))
    except UnreadableError as error:
        raise CommandError(error.summary, error.detail) from error


def _read(sources: list[str], stacks: list[str], out: Path | None) -> Report:
    """Everything that can be read; what cannot be is told in the report."""
    from provider.cli.session import present
    from provider.configuration import load_configuration
    from provider.cost.model import Problem, UnreadableError
    from provider.cost.report import Report

    projects: list[Project] = []
    failures: list[Problem] = []
    for source in dict.fromkeys(sources):
        try:
            projects += _projects(source, stacks, out)
        except UnreadableError as error:
            failures.append(Problem("error", "", error.summary, error.detail))
    return Report(tuple(projects), present(load_configuration()).date(), tuple(failures))


def _projects(source: str, stacks: list[str], out: Path | None) -> list[Project]:
    from provider.cost.document import read_document

    if source == "-":
        return [read_document(sys.stdin.buffer.read(), "standard input")]
    path = Path(source)
    if path.is_dir():
        from provider.cli.cost_tools import plan_folder

        return plan_folder(path, stacks, out)
    return [read_document(_content(source), source)]


def _content(source: str) -> bytes:
    from provider.cost.model import UnreadableError

    try:
        return Path(source).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(
            f"{source} cannot be read", f"{reason}. Give a file, a folder, or - for a pipe."
        ) from error


def _print(report: Report, form: Format) -> None:
    """Print the report; a person who asked where nothing at all could be read is told only what is wrong."""
    if not report.projects and form is Format.TABLE:
        for failure in report.failures:
            print_error(failure.summary, failure.detail)
        return
    if form is Format.TABLE:
        from provider.cli.cost_table import print_report

        print_report(report)
        return
    if form is Format.MARKDOWN:
        from provider.cost.markdown import as_markdown as written
    elif form is Format.JSON:
        from provider.cost.breakdown import as_json as written
    else:
        from provider.cost.page import as_page as written
    print(written(report), end="")
    for failure in report.failures:
        print_error(failure.summary, failure.detail)


def _exceeded(report: Report, limits: list[Limit], *, on_increase: bool, on_unknown: bool) -> list[tuple[int, str]]:
    """The limits that are exceeded, each with its exit code, in their order."""
    from provider.cost.words import counted

    found = []
    for limit in limits:
        for total in report.totals:
            if limit.currency in (None, total.currency) and total.after > limit.amount:
                words = f"{total.after:.2f} {total.currency} a month is above {limit.amount:.2f}"
                found.append((ABOVE, words))
    if on_increase:
        found += [
            (INCREASE, f"A month costs {total.difference:.2f} {total.currency} more than before")
            for total in report.totals
            if total.difference > 0
        ]
    if on_unknown and report.unknown:
        found.append((UNKNOWN, f"{counted(report.unknown, 'resource')} with a price that is not known yet"))
    return found
