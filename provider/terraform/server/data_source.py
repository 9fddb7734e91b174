"""ReadDataSource: look something up."""

from __future__ import annotations

from typing import Any

from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def read_data_source(server: Server, request: Any) -> Any:
    entry = server.data_source_entry(request.type_name)
    config = values.read(request.config, entry.type)
    result = entry.resource.read(config, server.backend())
    answer = tf6.ReadDataSource.Response(diagnostics=diagnostics.messages(result.diagnostics, entry.schema))
    if not diagnostics.has_error(result.diagnostics):
        answer.state.CopyFrom(values.write(result.state, entry.type))
    return answer
