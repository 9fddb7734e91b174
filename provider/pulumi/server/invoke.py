"""Invoke: look something up, or compute it."""

from __future__ import annotations

from typing import Any

from provider.pulumi import wire
from provider.pulumi.card_numbers import card_numbers
from provider.pulumi.decode import read_inputs
from provider.pulumi.encode import write
from provider.pulumi.protocol import rpc
from provider.pulumi.server.compute import compute
from provider.pulumi.server.problems import Wording, errors
from provider.pulumi.server.server import Function, Server


def invoke(server: Server, request: Any) -> Any:
    computed = server.computed.get(request.tok)
    refused = card_numbers(request.args)
    if refused:
        return rpc.InvokeResponse(failures=Wording().failures(refused))
    return compute(computed, request.args) if computed else look_up(server, server.function(request.tok), request.args)


def look_up(server: Server, function: Function, arguments: Any) -> Any:
    """The answer of a data source to a ``Struct`` of its arguments."""
    schema = function.source.schema
    read = read_inputs(arguments, schema.attributes)
    found = [] if read.problems else errors(function.source.validate(read.values))
    if not read.problems and not found:
        result = function.source.read(read.values, server.backend())
        found = errors(result.diagnostics)
        if not found and result.state is not None:
            fields = write(result.state, function.outputs, schema.attributes, secrets=read.secrets)
            return rpc.InvokeResponse(**{"return": wire.struct(fields)})
    return rpc.InvokeResponse(failures=Wording(read).failures(found))
