"""What the provider offers: GetMetadata, GetProviderSchema, GetResourceIdentitySchemas."""

from __future__ import annotations

from typing import Any

from provider.terraform.protocol import tf6
from provider.terraform.schema import schema_message
from provider.terraform.server.functions import function_messages
from provider.terraform.server.server import Server


def _capabilities() -> Any:
    """Destroys are planned, so that they can be refused (C8); a move is refused in our own words."""
    return tf6.ServerCapabilities(plan_destroy=True, get_provider_schema_optional=True, move_resource_state=True)


def get_metadata(server: Server, _request: Any) -> Any:
    answer = tf6.GetMetadata
    return answer.Response(
        server_capabilities=_capabilities(),
        resources=[answer.ResourceMetadata(type_name=entry.type_name) for entry in server.managed],
        data_sources=[answer.DataSourceMetadata(type_name=entry.type_name) for entry in server.data_sources],
        functions=[answer.FunctionMetadata(name=name) for name in server.functions],
    )


def get_provider_schema(server: Server, _request: Any) -> Any:
    return tf6.GetProviderSchema.Response(
        provider=schema_message(server.provider_schema),
        resource_schemas={entry.type_name: schema_message(entry.schema) for entry in server.managed},
        data_source_schemas={entry.type_name: schema_message(entry.schema) for entry in server.data_sources},
        server_capabilities=_capabilities(),
        functions=function_messages(server),
    )


def get_resource_identity_schemas(_server: Server, _request: Any) -> Any:
    """None: a resource is imported by its natural key."""
    return tf6.GetResourceIdentitySchemas.Response()
