"""Reads what ``pulumi preview --json`` prints, and ``pulumi stack export``: native and dynamic resources alike.

A dynamic resource has its planned prices among its inputs. A native one's preview shows its inputs alone; what it costs
is in the notice that the plugin writes beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from provider.cost.model import Kind, Problem, Project
from provider.cost.pricing import Change, costs
from provider.cost.values import UNKNOWN, Values

_TYPE = re.compile(r"(?:qualit:(?:index:)?|pulumi-python:dynamic/qualit:)(Vps|Order|Resource)")
_KINDS: Mapping[str, Kind] = {"Vps": "vps", "Order": "order", "Resource": "resource"}
_IDS: Mapping[str, str] = {"serverId": "id", "contractId": "id"}
_UNKNOWN_VALUE = re.compile(r"04da6b54-80e4-46f7-96ec-b56ff0331ba9|output<string>")
"""How the engine writes a value that a preview does not know."""
_OF_THE_ENGINE = ("pulumi:pulumi:", "pulumi:providers:")
_UNCHANGED = ("same", "read", "refresh", "import")

_NOTICE = re.compile(
    r"(?:Will charge|Charging) (?P<amount>\d+\.\d{2}) (?P<currency>[A-Z]{3}) now: (?P<reason>.*?)"
    r"(?: \((?P<lines>[^()]*: \d+\.\d{2}(?:; [^()]*: \d+\.\d{2})*)\))?\. Quote (?P<quote>[\w-]+)\."
    r"(?: Then (?P<monthly>\d+\.\d{2}) [A-Z]{3} a month\.)?",
    re.DOTALL,
)
"""What the plugin writes of a charge."""
_NOT_PRICED = "What this will charge is not known yet"
_REFUSAL = re.compile(
    r"(?:error: |warning: )?(?:\S+ resource '[^']*': )?(?:property \S+ value \{.*?\} has a problem: )?(.*)", re.DOTALL
)
_SUMMARY = re.compile(r"(?s)(.*?\(rule [A-Z]\d+\)|[^:\n]{1,120}): (.*)")


def is_preview(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("steps"), list) or "changeSummary" in document or "diagnostics" in document


def is_export(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("deployment"), dict)


def read_preview(document: Mapping[str, Any], source: str) -> Project:
    """A preview, with what it refuses."""
    steps = _objects(document.get("steps"))
    said = _messages(document)
    changes = [change for step in steps if (change := _change(step, said)) is not None]
    foreign = len({_urn(step) for step in steps if _is_foreign(step)})
    urns = [_urn(step) for step in steps] + [urn for urn, _, _ in said]
    problems = (*_problems(said), *_hidden(document, steps))
    return Project(_name(urns, source), source, "pulumi", "plan", costs(changes), problems, foreign)


def read_export(document: Mapping[str, Any], source: str) -> Project:
    """The state of a stack: what there is, nothing of it to be paid now."""
    resources = _objects(document["deployment"].get("resources"))
    changes = []
    for resource in resources:
        kind = _kind(resource)
        if kind is not None and not resource.get("delete"):
            values = _values(resource)
            changes.append(Change(kind, _address(resource), values, values))
    foreign = sum(_is_foreign({"newState": resource}) for resource in resources)
    return Project(_name(map(_urn, resources), source), source, "pulumi", "state", costs(changes), foreign=foreign)


def _change(step: Mapping[str, Any], said: list[tuple[str, str, str]]) -> Change | None:
    """The change of a step; None for one of no resource of ours, or of which another step says it."""
    operation = str(step.get("op"))
    old, new = step.get("oldState"), step.get("newState")
    state = new if isinstance(new, dict) else old
    kind = _kind(state) if isinstance(state, dict) else None
    if kind is None or not isinstance(state, dict) or operation in ("replace", "remove-pending-replace"):
        return None
    address = _address(state)
    before = _values(old) if isinstance(old, dict) and operation != "create-replacement" else None
    if operation.startswith(("delete", "discard", "read-discard")):
        return Change(kind, address, before, None)
    after = _values(state)
    if operation in _UNCHANGED:
        after = {**(before or {}), **after}
        return Change(kind, address, before if before is not None else after, after)
    if "monthly_price" not in after and not _is_on_order(kind, after):
        after = _as_told(before, after, [message for urn, _, message in said if urn == _urn(step)])
    kept = {name: value for name, value in (before or {}).items() if name == "paid_until"}
    return Change(kind, address, before, {**kept, **after}, belongs_to=_belongs_to(state))


def _as_told(before: Values | None, after: Values, messages: list[str]) -> Values:
    """The planned values of a native resource, with what its notice says of its price.

    Without a notice an update is free, and a create goes on with an order that is placed already (L4): of that the
    preview does not say what is left to pay.
    """
    notice = next((match for message in messages if (match := _NOTICE.search(message))), None)
    if notice is not None:
        charge = {
            "amount": notice["amount"],
            "reason": notice["reason"],
            "lines": _lines(notice["lines"] or f"{notice['reason']}: {notice['amount']}"),
            "quote_id": notice["quote"],
        }
        priced = {"charge": charge, "monthly_price": notice["monthly"] or UNKNOWN, "currency": notice["currency"]}
        return {**(before or {}), "unit_price": None, **after, **priced}
    if before is None or any(_NOT_PRICED in message for message in messages):
        return {**(before or {}), **after, "charge": UNKNOWN, "monthly_price": UNKNOWN, "unit_price": UNKNOWN}
    return {**before, **after}


def _lines(listed: str) -> list[dict[str, str]]:
    pairs = [line.rpartition(": ") for line in listed.split("; ")]
    return [{"description": description, "amount": amount} for description, _, amount in pairs]


def _is_on_order(kind: Kind, values: Values) -> bool:
    return kind == "vps" and values.get("order_id") is not None


def _values(resource: Mapping[str, Any]) -> Values:
    """Inputs and outputs by the names that the attributes have in the model."""
    merged: dict[str, Any] = {}
    for side in ("inputs", "outputs"):
        found = resource.get(side)
        if isinstance(found, dict):
            merged.update({name: value for name, value in found.items() if not name.startswith("__")})
    values: dict[str, Any] = _snake(merged)
    if "id" not in values and isinstance(resource.get("id"), str):
        values["id"] = resource["id"]
    return values


def _snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {_IDS.get(name) or _snake_name(name): _snake(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_snake(each) for each in value]
    if isinstance(value, str) and _UNKNOWN_VALUE.fullmatch(value):
        return UNKNOWN
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def _snake_name(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _messages(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What was said beside the preview: the resource, the severity, the words."""
    entries = _objects(document.get("diagnostics"))
    return [
        (str(e.get("urn") or ""), str(e.get("severity") or ""), str(e.get("message") or "").strip()) for e in entries
    ]


def _problems(said: list[tuple[str, str, str]]) -> tuple[Problem, ...]:
    found: dict[Problem, None] = {}
    for urn, severity, message in said:
        if severity in ("error", "warning") and message:
            address = urn.rpartition("::")[2] if _TYPE.fullmatch(_type_of(urn)) else ""
            told = _REFUSAL.fullmatch(message)
            words = told[1] if told else message
            parts = _SUMMARY.fullmatch(words)
            summary, detail = (parts[1], parts[2]) if parts else (words, "")
            found[Problem("error" if severity == "error" else "warning", address, summary, detail)] = None
    return tuple(found)


def _hidden(document: Mapping[str, Any], steps: list[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """A preview leaves out what does not change, unless it is asked for it; then that is in no total."""
    summary = document.get("changeSummary")
    same = summary.get("same") if isinstance(summary, dict) else None
    hidden = (same if isinstance(same, int) else 0) - sum(step.get("op") == "same" for step in steps)
    if hidden <= 0:
        return ()
    return (
        Problem(
            "warning",
            "",
            "What does not change is not in this preview",
            f"It leaves out {hidden} of the resources, so what a month costs is of the others alone; the difference is "
            "right. Run pulumi preview --json --show-sames to have all of them.",
        ),
    )


def _kind(resource: Mapping[str, Any]) -> Kind | None:
    match = _TYPE.fullmatch(str(resource.get("type") or _type_of(_urn(resource))))
    return _KINDS[match[1]] if match else None


def _is_foreign(step: Mapping[str, Any]) -> bool:
    state = step.get("newState") or step.get("oldState")
    if not isinstance(state, dict) or state.get("custom") is not True or _kind(state):
        return False
    return not str(state.get("type")).startswith(_OF_THE_ENGINE)


def _address(resource: Mapping[str, Any]) -> str:
    """The name that the program gives it."""
    return _urn(resource).rpartition("::")[2] or "unnamed"


def _belongs_to(resource: Mapping[str, Any]) -> str:
    """The name of what its server's or order's id was taken from: of a new one a native preview has no id."""
    depends = resource.get("propertyDependencies")
    for given in ("vpsId", "orderId"):
        urns = depends.get(given) if isinstance(depends, dict) else None
        for urn in urns if isinstance(urns, list) else ():
            if _TYPE.fullmatch(_type_of(str(urn))):
                return str(urn).rpartition("::")[2]
    return ""


def _urn(of: Mapping[str, Any]) -> str:
    return str(of.get("urn") or "")


def _type_of(urn: str) -> str:
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def _name(urns: Any, source: str) -> str:
    """The project and the stack, as ``shop/dev``."""
    for urn in urns:
        parts = urn.split("::")
        if len(parts) > 3:
            return f"{parts[1]}/{parts[0].rpartition(':')[2]}"
    return source


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
