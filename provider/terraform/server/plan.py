"""PlanResourceChange: what a change would do and cost."""

from __future__ import annotations

from typing import Any

from provider.resources.model import PlanRequest
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def plan_resource_change(server: Server, request: Any) -> Any:
    """Plan a create, an update or a destroy. Nothing is ever planned as a replacement (C9)."""
    entry = server.managed_entry(request.type_name)
    attributes = entry.schema.attributes
    proposed = values.read(request.proposed_new_state, entry.type)
    result = entry.resource.plan(
        PlanRequest(
            prior=values.read(request.prior_state, entry.type),
            proposed=values.without_write_only(proposed, attributes),
            config=values.read(request.config, entry.type),
            private=values.read_private(request.prior_private),
        ),
        server.backend(),
    )
    found = list(result.diagnostics)
    answer = tf6.PlanResourceChange.Response(planned_private=request.prior_private)
    if not diagnostics.has_error(found):
        if (result.planned is None) != (proposed is None):
            found.append(
                diagnostics.of_bug(
                    f"The plan of {entry.type_name} is for presence where absence is wanted, or the other way round"
                )
            )
        else:
            planned = values.without_write_only(result.planned, attributes)
            answer.planned_state.CopyFrom(values.write(planned, entry.type))
    answer.diagnostics.extend(diagnostics.messages(found, entry.schema))
    return answer
