"""What is wrong with a catalogue file, said with the file, the line and the field.

Called by ``catalogue.load_catalogue``, for a file that was refused only: finding lines reads the file again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]
"""The way to a value from the top of the file: field names, and positions in lists from 0."""


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One thing that is wrong. ``line`` counts from 1; None when the file has none to point at."""

    file: Path
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = str(self.file) if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.field} {self.message}" if self.field else f"{where}: {self.message}"


class CatalogueError(Exception):
    """A catalogue that cannot be used; ``problems`` has everything that is wrong with it."""

    def __init__(self, problems: tuple[CatalogueProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def locate(file: Path, text: str, found: list[tuple[Location, str]]) -> CatalogueError:
    """The error for what was ``found`` in the ``text`` of ``file``, each with its line."""
    document = yaml.compose(text, Loader=yaml.CSafeLoader)
    return CatalogueError(
        tuple(CatalogueProblem(file, _line(document, where), field_name(where), message) for where, message in found)
    )


def field_name(location: Location) -> str:
    """A location as it is written, such as ``offers[1].monthly_price``."""
    name = ""
    for part in location:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            name += f".{part}" if name else part
    return name


def explain(error: ErrorDetails, fields: tuple[str, ...]) -> str:
    """A validation error in words; ``fields`` are those that the refused value's neighbours may have."""
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return f"is not a field here; the fields are {', '.join(fields)}"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ").removeprefix("Decimal input ")
    message = f"{message[0].lower()}{message[1:]}".replace("a valid tuple", "a list")
    return f"{message}, not {_shown(error['input'])}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _line(node: yaml.Node | None, location: Location) -> int | None:
    """The line of a location, or of the nearest thing around it that the file has."""
    if node is None:
        return None
    line = node.start_mark.line
    for part in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
            continue
        if not isinstance(node, yaml.MappingNode):
            break
        pair = next((pair for pair in node.value if pair[0].value == part), None)
        if pair is None:
            break
        line, node = pair[0].start_mark.line, pair[1]
    return int(line) + 1
