"""UpgradeResourceState: every state passes here before it is used, also one of the present version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provider.resources.model import Diagnostic
from provider.terraform.cty import CtyType, ListType, MapType, ObjectType, SetType, from_parsed_json, parse_json
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def upgrade_resource_state(server: Server, request: Any) -> Any:
    """Read a stored state as the present schema has it: attributes that are gone are dropped, new ones are null."""
    entry = server.managed_entry(request.type_name)
    refused = _unreadable(request, entry.schema.version)
    if refused is not None:
        return tf6.UpgradeResourceState.Response(diagnostics=diagnostics.messages([refused], entry.schema))
    stored = parse_json(request.raw_state.json)
    state = from_parsed_json(_fitted(stored, entry.type), entry.type)
    state = values.without_write_only(state, entry.schema.attributes)
    return tf6.UpgradeResourceState.Response(upgraded_state=values.write(state, entry.type))


def _unreadable(request: Any, version: int) -> Diagnostic | None:
    if request.version > version:
        return Diagnostic(
            "error",
            "The state was written by a newer provider",
            f"The state of {request.type_name} has version {request.version}, and this provider knows versions up to "
            f"{version}. Upgrade the provider (`init -upgrade`), or restore the state from before the upgrade. "
            "Nothing was changed.",
        )
    if not request.raw_state.json:
        return Diagnostic(
            "error",
            "The state has a form from before Terraform 0.12",
            f"The state of {request.type_name} is stored as a flat map, which this provider never wrote. Remove it "
            "from the state (`state rm`) and import the resource again.",
        )
    return None


def _fitted(stored: Any, type: CtyType) -> Any:
    """Stored JSON with exactly the attributes that the type has, at every depth."""
    match type, stored:
        case ObjectType(attributes), dict():
            return _fitted_object(stored, attributes)
        case ((ListType(element) | SetType(element)), list()):
            return [_fitted(item, element) for item in stored]
        case MapType(element), dict():
            return {key: _fitted(item, element) for key, item in stored.items()}
    return stored


def _fitted_object(stored: dict[str, Any], attributes: Mapping[str, CtyType]) -> dict[str, Any]:
    return {name: _fitted(stored.get(name), inner) for name, inner in attributes.items()}
