"""Create and Update: make a planned change, or in a preview show it."""

from __future__ import annotations

from typing import Any

from provider.pulumi.protocol import rpc
from provider.pulumi.server import planning
from provider.pulumi.server.notices import tell_plan
from provider.pulumi.server.outcome import Change, begin, planned_outputs, settle
from provider.pulumi.server.server import Server
from provider.resources.model import UNKNOWN, ApplyRequest, PlanResult, StateResult, Values


def create(server: Server, request: Any) -> Any:
    """Buy what is new. The plan, made again here, says the price that the preview said (P5).

    A preview follows its check at once and shows the very plan that was checked.
    """
    entry = server.entry(request)
    change = Change(server, entry, request.urn, planning.wanted(entry, request.properties))
    checked = planning.remembered(server, entry, request.properties)
    planned = _plan(change, preview=request.preview, checked=checked if request.preview else None)
    if request.preview:
        known = "" if planned["id"] is UNKNOWN else planned["id"]
        return rpc.CreateResponse(id=known, properties=planned_outputs(change, planned))
    made, properties = settle(change, _apply(change, planned, "create", request.timeout))
    return rpc.CreateResponse(id=made, properties=properties)


def update(server: Server, request: Any) -> Any:
    """Change in place; a resource that is paid and not delivered is gone on with."""
    entry = server.entry(request)
    inputs = planning.wanted(entry, request.news)
    change = Change(server, entry, request.urn, inputs, planning.stored(entry, request.olds, request.id, inputs))
    planned = _plan(change, preview=request.preview)
    if request.preview:
        return rpc.UpdateResponse(properties=planned_outputs(change, planned))
    _, properties = settle(change, _apply(change, planned, "update", request.timeout))
    return rpc.UpdateResponse(properties=properties)


def _plan(change: Change, *, preview: bool, checked: PlanResult | None = None) -> Values:
    result = checked or planning.plan(change.server, change.entry, change.prior, change.inputs.values)
    change.wording.refuse(result.diagnostics)
    if result.planned is None:
        raise AssertionError("a plan of a presence is an absence")
    if not preview:
        begin(change.server)
    tell_plan(
        change.server, change.urn, change.wording, result.planned, change.prior, result.diagnostics, preview=preview
    )
    return result.planned


def _apply(change: Change, planned: Values, operation: str, seconds: float) -> StateResult:
    """Apply within the time that the resource's ``timeouts`` allow, or else the option ``customTimeouts``."""
    own = change.inputs.values["timeouts"]
    if seconds > 0 and not (own and own[operation]):
        planned = {**planned, "timeouts": {**(own or {}), operation: f"{int(seconds)}s"}}
    config = change.inputs.values
    result = change.entry.resource.apply(ApplyRequest(change.prior, planned, config), change.server.backend())
    if result.state is not None and result.state is not change.prior:
        result.state["timeouts"] = own
    return result
