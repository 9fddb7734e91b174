"""Reads what ``terraform show -json`` prints of a plan or of a state, and OpenTofu's, which is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provider.cost.model import Kind, Problem, Project
from provider.cost.parsing import parsed_lines
from provider.cost.pricing import Change, costs
from provider.cost.values import UNKNOWN, Values

_KINDS: Mapping[str, Kind] = {"qualit_vps": "vps", "qualit_order": "order", "qualit_resource": "resource"}

_FAILED = Problem(
    "error",
    "",
    "The plan failed",
    "It is a part of what was asked for, and its errors are not kept in it. Run the plan again to read them, or give "
    "`qualit cost` the folder.",
)
_TAINTED = "Tainted: the next plan wants a new server under this name, which is refused (C9)."


def is_plan(document: Mapping[str, Any]) -> bool:
    return "format_version" in document and bool({"resource_changes", "planned_values", "errored"} & document.keys())


def is_state(document: Mapping[str, Any]) -> bool:
    return "format_version" in document and ("values" in document or len(document) == 1)


def read_plan(document: Mapping[str, Any], source: str, problems: tuple[Problem, ...] = ()) -> Project:
    """A plan; ``problems`` is what the tool said beside it, where that is known."""
    entries = _objects(document.get("resource_changes"))
    changes = [change for entry in entries if (kind := _kind(entry)) for change in _changes(entry, kind)]
    foreign = sum(entry.get("mode") != "data" and not _kind(entry) for entry in entries)
    if document.get("errored") is True:
        planned = {change.address for change in changes}
        changes += [each for each in _of_state(document.get("prior_state")) if each.address not in planned]
        if not any(problem.severity == "error" for problem in problems):
            problems = (*problems, _FAILED)
    return Project(source, source, "terraform", "plan", costs(changes), problems, foreign)


def read_state(document: Mapping[str, Any], source: str) -> Project:
    """A state: what there is, nothing of it to be paid now."""
    resources = list(_resources(_mapping(_mapping(document.get("values")).get("root_module"))))
    foreign = sum(entry.get("mode") != "data" and not _kind(entry) for entry in resources)
    changes, problems = [], []
    for entry in resources:
        kind = _kind(entry)
        if kind is None:
            continue
        address, values = _address(entry), _mapping(entry.get("values"))
        changes.append(Change(kind, address, values, values))
        if entry.get("tainted") is True:
            detail = f"If that is not meant: terraform untaint {_quoted(address)}"
            problems.append(Problem("warning", address, _TAINTED, detail))
    return Project(source, source, "terraform", "state", costs(changes), tuple(problems), foreign)


def read_diagnostics(lines: str) -> tuple[Problem, ...]:
    """The errors and warnings in what ``terraform plan -json`` prints, a JSON object a line."""
    found: dict[Problem, None] = {}
    for line in parsed_lines(lines):
        diagnostic = _mapping(line.get("diagnostic"))
        if line.get("type") == "diagnostic" and diagnostic.get("severity") in ("error", "warning"):
            summary, detail = str(diagnostic.get("summary") or ""), str(diagnostic.get("detail") or "")
            found[Problem(diagnostic["severity"], _where(diagnostic), summary, detail)] = None
    return tuple(found)


def _where(diagnostic: Mapping[str, Any]) -> str:
    """The resource, or the place in the configuration, that a diagnostic is about."""
    place = _mapping(diagnostic.get("range"))
    line = _mapping(place.get("start")).get("line")
    return str(diagnostic.get("address") or (f"{place['filename']}, line {line}" if "filename" in place else ""))


def _changes(entry: Mapping[str, Any], kind: Kind) -> Iterator[Change]:
    change, address = _mapping(entry.get("change")), _address(entry)
    actions = change.get("actions")
    before, after = change.get("before"), change.get("after")
    unknown = change.get("after_unknown")
    old = _mapping(before) if before is not None else None
    new = _with_unknown(_mapping(after), _mapping(unknown)) if after is not None else None
    if isinstance(actions, list) and {"create", "delete"} <= set(actions):
        yield Change(kind, address, old, None)
        yield Change(kind, address, None, new)
    elif actions == ["forget"]:
        notes = ("Forgotten by the state only: the server goes on, and is paid.",)
        yield Change(kind, address, old, old, notes=notes)
    elif not (old is None and new is None):
        yield Change(kind, address, old, new)


def _of_state(state: object) -> list[Change]:
    """What a plan that failed started from."""
    root = _mapping(_mapping(_mapping(state).get("values")).get("root_module"))
    return [
        Change(kind, _address(entry), _mapping(entry.get("values")), _mapping(entry.get("values")), is_planned=False)
        for entry in _resources(root)
        if (kind := _kind(entry))
    ]


def _with_unknown(values: Mapping[str, Any], unknown: Mapping[str, Any]) -> Values:
    """The values, with ``UNKNOWN`` where ``after_unknown`` says true."""
    marked: dict[str, Any] = dict(values)
    for name, what in unknown.items():
        if what is True:
            marked[name] = UNKNOWN
        elif isinstance(what, dict) and isinstance(values.get(name), dict):
            marked[name] = _with_unknown(values[name], what)
    return marked


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The resources of a module and of those below it."""
    yield from _objects(module.get("resources"))
    for child in _objects(module.get("child_modules")):
        yield from _resources(child)


def _kind(entry: Mapping[str, Any]) -> Kind | None:
    """What of ours it is; a provider of another name may well have types of the same."""
    provider = str(entry.get("provider_name") or "qualit").rpartition("/")[2]
    if entry.get("mode", "managed") != "managed" or provider != "qualit":
        return None
    return _KINDS.get(str(entry.get("type")))


def _address(entry: Mapping[str, Any]) -> str:
    deposed = entry.get("deposed")
    return f"{entry.get('address', 'unnamed')}{f' (deposed {deposed})' if deposed else ''}"


def _quoted(address: str) -> str:
    return address if re.fullmatch(r"[\w.-]+", address) else f"'{address}'"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
