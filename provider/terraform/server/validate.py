"""ValidateResourceConfig and ValidateDataResourceConfig: static checks, before anything is configured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provider.resources.model import Diagnostic, Values
from provider.resources.schema import Schema
from provider.terraform.protocol import tf6
from provider.terraform.server import diagnostics, values
from provider.terraform.server.server import Server


def validate_resource_config(server: Server, request: Any) -> Any:
    entry = server.managed_entry(request.type_name)
    config = values.read(request.config, entry.type)
    found: list[Diagnostic] = []
    if config is not None:
        if not request.client_capabilities.write_only_attributes_allowed:
            found.extend(_write_only_too_early(config, entry.schema))
        found.extend(entry.resource.validate(config))
    return tf6.ValidateResourceConfig.Response(diagnostics=diagnostics.messages(found, entry.schema))


def validate_data_resource_config(server: Server, request: Any) -> Any:
    entry = server.data_source_entry(request.type_name)
    config = values.read(request.config, entry.type)
    found = () if config is None else entry.resource.validate(config)
    return tf6.ValidateDataResourceConfig.Response(diagnostics=diagnostics.messages(found, entry.schema))


def _write_only_too_early(config: Values, schema: Schema) -> Iterator[Diagnostic]:
    """A host that does not know write-only attributes would store the value in its state (N8)."""
    for path in values.given_write_only(config, schema.attributes):
        yield Diagnostic(
            "error",
            "Write-only attribute is not supported here",
            f"`{path[-1]}` is sent and never stored, which needs Terraform 1.11 or OpenTofu 1.11, or newer. "
            "Upgrade, or leave it out.",
            path,
        )
