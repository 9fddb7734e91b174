"""The service's calls by name, each guarded: whatever a call raises becomes a diagnostic of its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from provider.resources.schema import Schema
from provider.terraform.log import log
from provider.terraform.protocol import Handler, tf6
from provider.terraform.server import (
    apply,
    configure,
    data_source,
    diagnostics,
    functions,
    import_state,
    metadata,
    plan,
    read,
    upgrade,
    validate,
)
from provider.terraform.server.server import Server, UnknownTypeError

Call = Callable[[Server, Any], Any]


def stop_provider(server: Server, _request: Any) -> Any:
    """Begin nothing new. A step that runs is finished; an order that is waited for goes on with a worker."""
    server.stop()
    return tf6.StopProvider.Response()


CALLS: dict[str, Call] = {
    "GetMetadata": metadata.get_metadata,
    "GetProviderSchema": metadata.get_provider_schema,
    "GetResourceIdentitySchemas": metadata.get_resource_identity_schemas,
    "GetFunctions": functions.get_functions,
    "CallFunction": functions.call_function,
    "ValidateProviderConfig": configure.validate_provider_config,
    "ConfigureProvider": configure.configure_provider,
    "ValidateResourceConfig": validate.validate_resource_config,
    "ValidateDataResourceConfig": validate.validate_data_resource_config,
    "UpgradeResourceState": upgrade.upgrade_resource_state,
    "ReadResource": read.read_resource,
    "PlanResourceChange": plan.plan_resource_change,
    "ApplyResourceChange": apply.apply_resource_change,
    "ImportResourceState": import_state.import_resource_state,
    "MoveResourceState": import_state.move_resource_state,
    "ReadDataSource": data_source.read_data_source,
    "StopProvider": stop_provider,
}


def provider_handlers(server: Callable[[], Server]) -> dict[str, Handler]:
    """The handlers of the provider service; ``server`` may take its time when it is first asked."""
    return {name: _handler(name, call, server) for name, call in CALLS.items()}


def _handler(name: str, call: Call, server: Callable[[], Server]) -> Handler:
    def handle(request: Any, _context: Any) -> Any:
        started = time.monotonic()
        answer = _guarded(name, call, server, request)
        log.debug(
            f"answered {name}", type=getattr(request, "type_name", ""), ms=int((time.monotonic() - started) * 1000)
        )
        return answer

    return handle


def _guarded(name: str, call: Call, load: Callable[[], Server], request: Any) -> Any:
    server: Server | None = None
    try:
        server = load()
        return call(server, request)
    except Exception as error:  # noqa: BLE001 - the host must get an answer, and no values with a traceback
        problem = diagnostics.of_exception(error)
        shown = diagnostics.messages([problem], _schema(server, name, request))
        answer = getattr(tf6, name).Response()
        if "diagnostics" in answer.DESCRIPTOR.fields_by_name:
            answer.diagnostics.extend(shown)
        if "error" in answer.DESCRIPTOR.fields_by_name:
            answer.error.text = f"{problem.summary}: {problem.detail}".rstrip(".")
        return answer


def _schema(server: Server | None, name: str, request: Any) -> Schema | None:
    """The schema whose attributes a problem of this call may point at."""
    if server is None:
        return None
    if name in ("ValidateProviderConfig", "ConfigureProvider"):
        return server.provider_schema
    type_name = getattr(request, "type_name", "")
    find = server.data_source_entry if "Data" in name else server.managed_entry
    try:
        return find(type_name).schema
    except UnknownTypeError:
        return None
