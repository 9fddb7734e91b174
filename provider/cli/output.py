"""How every command prints: tables for people, JSON for programs, errors on stderr without a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

JsonOption = typer.Option("--json", help="Print JSON for programs in place of the text for people.")
"""The option that every listing has."""

PIPE_WIDTH = 240
"""Columns where there is no terminal: enough that no table of ours is folded in a pipe or a log."""


class CommandError(Exception):
    """A command cannot do what was asked; ``detail`` says what to do."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; numbers stand right."""

    title: str
    justify: Literal["left", "right"] = "left"


def print_json(value: object) -> None:
    """Print a value as JSON: money as a string of two decimals, an instant in UTC with ``Z``."""
    print(as_json_text(value))


def as_json_text(value: object) -> str:
    """The text that ``print_json`` prints."""
    return json.dumps(value, indent=2, default=_plain)


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str | Text]], *, last_is_total: bool = False
) -> None:
    """Print a table; ``last_is_total`` sets the last row apart. A cell with a style of its own is rich's ``Text``."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.title, justify=column.justify, overflow="fold")
    for index, row in enumerate(rows):
        if last_is_total and index == len(rows) - 1:
            table.add_section()
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    _console().print(table)


def print_text(text: str, *, style: str = "") -> None:
    """Print a paragraph; ``style`` is rich's, shown on a terminal only."""
    _console().print(text, style=style, markup=False, soft_wrap=not sys.stdout.isatty())


def print_error(summary: str, detail: str) -> None:
    """Print what failed and what to do, on stderr."""
    from rich.text import Text

    console = _console(stderr=True)
    console.print(Text.assemble(("Error: ", "bold red"), (summary, "bold")), soft_wrap=True)
    if detail:
        console.print(detail, markup=False, soft_wrap=not sys.stderr.isatty())


def print_warning(text: str) -> None:
    """Print what a person should know beside the answer, on stderr."""
    _console(stderr=True).print(f"Warning: {text}", style="yellow", markup=False, soft_wrap=True)


def money(amount: Decimal, currency: str | None = None) -> str:
    """An amount with two decimals, and its currency where it does not stand elsewhere."""
    return f"{amount:.2f} {currency}" if currency else f"{amount:.2f}"


def instant(moment: datetime) -> str:
    """An instant in UTC to the second, such as ``2026-01-31T09:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _console(*, stderr: bool = False) -> Console:
    """A console on the stream as it is now, without colour where that is not a terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else PIPE_WIDTH)
