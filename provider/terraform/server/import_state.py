"""ImportResourceState and MoveResourceState: take over what exists."""

from __future__ import annotations

from typing import Any

from provider.resources.model import Diagnostic
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def import_resource_state(server: Server, request: Any) -> Any:
    """The state of what has this import id."""
    entry = server.managed_entry(request.type_name)
    result = entry.resource.import_state(request.id, server.backend())
    found = list(result.diagnostics)
    answer = tf6.ImportResourceState.Response()
    if result.state is not None and not diagnostics.has_error(found):
        state = values.without_write_only(result.state, entry.schema.attributes)
        answer.imported_resources.add(
            type_name=entry.type_name,
            state=values.write(state, entry.type),
            private=values.write_private(result.private),
        )
    elif not diagnostics.has_error(found):
        found.append(_nothing_there(entry.type_name, request.id))
    answer.diagnostics.extend(diagnostics.messages(found, entry.schema))
    return answer


def move_resource_state(server: Server, request: Any) -> Any:
    """Refused: no other type's state says what an account of Qual.IT has."""
    entry = server.managed_entry(request.target_type_name)
    refusal = Diagnostic(
        "error",
        "Moved from another resource type",
        f"A {request.source_type_name} cannot become a {entry.type_name}. Remove the `moved` block and import what "
        f"exists (`import {{ to = {entry.type_name}.… }}`). Nothing was changed.",
    )
    return tf6.MoveResourceState.Response(diagnostics=diagnostics.messages([refusal], entry.schema))


def _nothing_there(type_name: str, import_id: str) -> Diagnostic:
    return Diagnostic(
        "error",
        "There is nothing to import",
        f'The account has no {type_name} with the import id "{import_id}". Check the id and the provider\'s home.',
    )
