"""Invoke: look something up."""

from __future__ import annotations

from typing import Any

from provider.pulumi import wire
from provider.pulumi.card_numbers import card_numbers
from provider.pulumi.decode import read_inputs
from provider.pulumi.encode import write
from provider.pulumi.protocol import rpc
from provider.pulumi.server.problems import Wording, errors
from provider.pulumi.server.server import Server


def invoke(server: Server, request: Any) -> Any:
    function = server.function(request.tok)
    refused = card_numbers(request.args)
    if refused:
        return rpc.InvokeResponse(failures=Wording().failures(refused))
    schema = function.source.schema
    read = read_inputs(request.args, schema.attributes)
    found = [] if read.problems else errors(function.source.validate(read.values))
    if not read.problems and not found:
        result = function.source.read(read.values, server.backend())
        found = errors(result.diagnostics)
        if not found and result.state is not None:
            fields = write(result.state, function.outputs, schema.attributes, secrets=read.secrets)
            return rpc.InvokeResponse(**{"return": wire.struct(fields)})
    return rpc.InvokeResponse(failures=Wording(read).failures(found))
