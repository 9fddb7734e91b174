"""ReadResource: the refresh."""

from __future__ import annotations

from typing import Any

from provider.resources.model import StateResult
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def read_resource(server: Server, request: Any) -> Any:
    """The present value. With an error the host keeps the state that it has, whatever the answer holds."""
    entry = server.managed_entry(request.type_name)
    state = values.read(request.current_state, entry.type)
    result = StateResult(None) if state is None else entry.resource.read(state, server.backend())
    answer = tf6.ReadResource.Response(diagnostics=diagnostics.messages(result.diagnostics, entry.schema))
    if diagnostics.has_error(result.diagnostics):
        answer.new_state.CopyFrom(request.current_state)
        answer.private = request.private
    else:
        present = values.without_write_only(result.state, entry.schema.attributes)
        answer.new_state.CopyFrom(values.write(present, entry.type))
        answer.private = values.write_private(result.private)
    return answer
