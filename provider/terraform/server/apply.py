"""ApplyResourceChange: make a planned change.

A create that answers with an error taints the resource, and the next apply destroys it and buys again. So what a
resource hands back is stored even where the provider itself went wrong: an attribute that cannot be stored is
replaced and reported as a warning.
"""

from __future__ import annotations

from typing import Any

from provider.resources.model import UNKNOWN, ApplyRequest, Diagnostic, ManagedResource, Values
from provider.resources.schema import Schema
from provider.terraform.cty import WireError
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Entry, Server


def apply_resource_change(server: Server, request: Any) -> Any:
    """Make the change; where that fails with nothing changed, the answer's state is the prior one."""
    if server.stopping:
        return _unchanged(request, _STOPPED)
    schema: Schema | None = None
    try:
        entry = server.managed_entry(request.type_name)
        schema = entry.schema
        return _apply(server, entry, request)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the state must not get lost
        return _unchanged(request, diagnostics.of_exception(error), schema)


_STOPPED = Diagnostic(
    "error", "Stopped before this change was begun", "The run was interrupted. Nothing was ordered or changed for it."
)


def _unchanged(request: Any, problem: Diagnostic, schema: Schema | None = None) -> Any:
    return tf6.ApplyResourceChange.Response(
        new_state=request.prior_state,
        private=request.planned_private,
        diagnostics=diagnostics.messages([problem], schema),
    )


def _apply(server: Server, entry: Entry[ManagedResource], request: Any) -> Any:
    planned = values.read(request.planned_state, entry.type)
    result = entry.resource.apply(
        ApplyRequest(
            prior=values.read(request.prior_state, entry.type),
            planned=planned,
            config=values.read(request.config, entry.type),
        ),
        server.backend(),
    )
    found = list(result.diagnostics)
    failed = diagnostics.has_error(found)
    state = values.without_write_only(result.state, entry.schema.attributes)
    new_state = values.write(_storable(entry, state, planned, found), entry.type)
    private = values.write_private(result.private)
    return tf6.ApplyResourceChange.Response(
        new_state=new_state,
        private=request.planned_private if failed and not private else private,
        diagnostics=diagnostics.messages(found, entry.schema),
    )


def _storable(
    entry: Entry[ManagedResource], state: Values | None, planned: Values | None, found: list[Diagnostic]
) -> Values | None:
    """The state with each attribute that cannot be stored replaced by its planned value, or null."""
    if state is None:
        return None
    storable: Values = {}
    for name, wanted in entry.type.attributes.items():
        value = state.get(name)
        try:
            values.write(value, wanted)
            wrong = name not in state or _has_unknown(value)
        except WireError:
            wrong = True
        if wrong:
            value = planned.get(name) if planned else None
            value = None if _has_unknown(value) else value
            found.append(_replaced(entry.type_name, name))
        storable[name] = value
    return storable


def _replaced(type_name: str, name: str) -> Diagnostic:
    problem = diagnostics.of_bug(f"After the apply `{name}` of {type_name} has no value that can be stored", (name,))
    return Diagnostic("warning", problem.summary, f"{problem.detail} The change itself was made.", problem.path)


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return value is UNKNOWN or (isinstance(value, list) and any(map(_has_unknown, value)))
