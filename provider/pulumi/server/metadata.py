"""The first words, and what the provider offers: Handshake, Attach, GetPluginInfo, GetSchema, GetMapping(s), Cancel."""

from __future__ import annotations

import json
from typing import Any

from provider import __version__
from provider.pulumi.package import package_schema
from provider.pulumi.protocol import pb, rpc
from provider.pulumi.server.errors import CallError
from provider.pulumi.server.server import Server


def handshake(server: Server, request: Any) -> Any:
    """A new engine: what an earlier one cancelled is over."""
    server.engine.connect(request.engine_address)
    server.begin()
    return rpc.ProviderHandshakeResponse(accept_secrets=True, accept_outputs=True)


def attach(server: Server, request: Any) -> Any:
    server.engine.connect(request.address)
    server.begin()
    return pb.Empty()


def get_plugin_info(_server: Server, _request: Any) -> Any:
    return rpc.PluginInfo(version=__version__)


def get_schema(server: Server, request: Any) -> Any:
    if request.version != 0:
        raise CallError(f"There is no schema of the form {request.version}; this provider has form 0.")
    schema = package_schema(
        server.provider_schema,
        [entry.resource for entry in server.resources],
        [function.source for function in server.functions],
        tuple(server.computed.values()),
    )
    return rpc.GetSchemaResponse(schema=json.dumps(schema))


def get_mapping(_server: Server, _request: Any) -> Any:
    """None: configurations of other tools are not converted."""
    return rpc.GetMappingResponse()


def get_mappings(_server: Server, _request: Any) -> Any:
    """None."""
    return rpc.GetMappingsResponse()


def cancel(server: Server, _request: Any) -> Any:
    """Begin nothing new. A step that runs is finished; an order that is waited for goes on with a worker."""
    server.stop()
    return pb.Empty()
