"""Delete: end a resource. Pulumi asks nothing at preview, so what forbids it is said here, before anything stops."""

from __future__ import annotations

from typing import Any

from provider.pulumi.protocol import pb
from provider.pulumi.server import planning
from provider.pulumi.server.errors import CallError
from provider.pulumi.server.notices import tell_warnings
from provider.pulumi.server.outcome import begin
from provider.pulumi.server.problems import Wording, errors
from provider.pulumi.server.server import Server
from provider.resources.model import ApplyRequest, PlanRequest


def delete(server: Server, request: Any) -> Any:
    entry = server.entry(request)
    state = planning.stored(entry, request.properties, request.id)
    wording = Wording(state)
    prior = state.values
    plan = entry.resource.plan(PlanRequest(prior, None, None), server.backend())
    wording.refuse(plan.diagnostics)
    begin(server)
    tell_warnings(server, request.urn, wording, plan.diagnostics)
    result = entry.resource.apply(ApplyRequest(prior, None, None), server.backend())
    failed = errors(result.diagnostics)
    if failed:
        raise CallError("\n".join(map(wording.text, failed)))
    tell_warnings(server, request.urn, wording, result.diagnostics)
    return pb.Empty()
