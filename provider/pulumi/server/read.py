"""Read: the refresh of what the stack has, and the import of what it has not."""

from __future__ import annotations

from typing import Any

from provider.pulumi import wire
from provider.pulumi.decode import read_inputs
from provider.pulumi.encode import write
from provider.pulumi.names import settable
from provider.pulumi.protocol import rpc
from provider.pulumi.server import planning
from provider.pulumi.server.errors import not_finished
from provider.pulumi.server.notices import tell_warnings
from provider.pulumi.server.outcome import Change, outputs
from provider.pulumi.server.problems import Wording, errors, warnings
from provider.pulumi.server.server import Entry, Server
from provider.resources.model import ApplyRequest, PlanRequest, StateResult, Values


def read(server: Server, request: Any) -> Any:
    """An import has no properties yet."""
    entry = server.entry(request)
    if not request.properties.fields:
        return _import(server, entry, request)
    return _refresh(server, entry, request)


def _import(server: Server, entry: Entry, request: Any) -> Any:
    """Take into management what has this import id; its inputs are what a program would have to say."""
    result = entry.resource.import_state(request.id, server.backend())
    wording = Wording()
    wording.refuse(result.diagnostics)
    state = result.state
    if state is None:
        return rpc.ReadResponse()
    properties = outputs(entry, state, frozenset())
    properties.fields[planning.IMPORTED_KEY].bool_value = True
    inputs = write(state, settable(entry.attributes), entry.attributes)
    return rpc.ReadResponse(id=state["id"], properties=properties, inputs=wire.struct(inputs))


def _refresh(server: Server, entry: Entry, request: Any) -> Any:
    """The present value. What is paid and not delivered is gone on with, and nothing is bought."""
    state = planning.stored(entry, request.properties, request.id)
    change = Change(server, entry, request.urn, read_inputs(request.inputs, entry.attributes), state)
    wording = change.wording
    result = entry.resource.read(state.values, server.backend())
    wording.refuse(result.diagnostics)
    if result.state is None:
        tell_warnings(server, request.urn, wording, result.diagnostics)
        return rpc.ReadResponse()
    if result.state["status"] == "provisioning":
        result = _go_on(change, result)
    present = result.state or state.values
    properties = outputs(entry, present, state.secrets)
    if planning.IMPORTED_KEY in request.properties.fields:
        properties.fields[planning.IMPORTED_KEY].bool_value = True
    inputs = _inputs(entry, request.inputs, change.inputs.values, present)
    server.refreshed[present["id"]] = (request.inputs, inputs)
    if present["status"] == "provisioning":
        reasons = [wording.text(each) for each in warnings(result.diagnostics)]
        raise not_finished(present["id"], properties, reasons, inputs=inputs)
    tell_warnings(server, request.urn, wording, result.diagnostics)
    return rpc.ReadResponse(id=present["id"], properties=properties, inputs=inputs)


def _go_on(change: Change, result: StateResult) -> StateResult:
    """Deliver what is paid: an apply of the state as it is, which orders nothing."""
    server, entry, state = change.server, change.entry, result.state
    if server.stopping or state is None:
        return result
    plan = entry.resource.plan(PlanRequest(state, dict(state), dict(state)), server.backend())
    if errors(plan.diagnostics) or plan.planned is None or plan.planned["charge"] != state["charge"]:
        return result
    done = entry.resource.apply(ApplyRequest(state, plan.planned, dict(state)), server.backend())
    return result if done.state is None else done


def _inputs(entry: Entry, given: Any, before: Values, present: Values) -> Any:
    """The last inputs, with the present value where the platform has another one; the rest as it was written."""
    names = settable(entry.attributes)
    fields = dict(given.fields.items())
    for name, attribute in names.items():
        value = present[attribute]
        if name in fields and value is not None and value != before[attribute]:
            secret = wire.unwrap(fields[name]).secret
            written = write(present, {name: attribute}, entry.attributes)[name]
            fields[name] = wire.secret(written) if secret else written
    return wire.struct(fields)
