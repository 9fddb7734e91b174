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
_GAP, _NARROW_GAP = 3, 2
_FOLDED = 16
"""Columns into which the longest name is folded on a narrow terminal."""


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
    """Print a table; ``last_is_total`` sets the last row apart. A cell with a style of its own is rich's ``Text``.

    Where a terminal is too narrow for it, names are folded, but no amount; where that does not do, each row becomes a
    paragraph.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _console()
    cells = [[Text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    widths, gap = _widths(columns, cells, console.width)
    if sum(widths) + gap * (len(columns) - 1) > console.width:
        _print_paragraphs(console, columns, cells)
        return
    padding = (0, 1) if gap == _GAP else (0, 1, 0, 0)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=padding)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column.title, justify=column.justify, overflow="fold", width=width)
    for index, row in enumerate(cells):
        if last_is_total and index == len(cells) - 1:
            table.add_section()
        table.add_row(*row)
    console.print(table)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]], available: int) -> tuple[list[int], int]:
    """The width of each column and the gap between two: as wide as the texts, or as little as can be read."""
    natural = [max((len(column.title), *(row[i].cell_len for row in rows))) for i, column in enumerate(columns)]
    if sum(natural) + _GAP * (len(columns) - 1) <= available:
        return natural, _GAP
    widths = []
    for index, column in enumerate(columns):
        words = [len(word) for word in column.title.split()]
        for row in rows:
            is_amount = column.justify == "right"
            words += [row[index].cell_len] if is_amount else [min(len(w), _FOLDED) for w in row[index].plain.split()]
        widths.append(max(words, default=1))
    spare = available - sum(widths) - _NARROW_GAP * (len(columns) - 1)
    for index, width in enumerate(natural):
        more = width - widths[index]
        if 0 < more <= spare:
            widths[index] += more
            spare -= more
    return widths, _NARROW_GAP


def _print_paragraphs(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> None:
    from rich.text import Text

    for index, row in enumerate(rows):
        if index:
            console.print()
        console.print(Text(row[0].plain, style="bold"))
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                console.print(Text.assemble(f"  {column.title}: ", cell))


def print_text(text: str, *, style: str = "") -> None:
    """Print a paragraph; ``style`` is rich's, shown on a terminal only."""
    _console().print(text, style=style, markup=False, soft_wrap=not sys.stdout.isatty())


def print_error(summary: str, detail: str) -> None:
    """Print what failed and what to do, on stderr."""
    from rich.text import Text

    sys.stdout.flush()  # In a log, which has both, it comes after what was printed before.
    console = _console(stderr=True)
    console.print(Text.assemble(("Error: ", "bold red"), (summary, "bold")), soft_wrap=True)
    if detail:
        console.print(detail, markup=False, soft_wrap=not sys.stderr.isatty())


def print_warning(text: str) -> None:
    """Print what a person should know beside the answer, on stderr."""
    sys.stdout.flush()
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
