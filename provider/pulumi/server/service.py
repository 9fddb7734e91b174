"""The service's calls by name, each guarded: whatever a call raises becomes a status that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from provider.pulumi.protocol import Handler
from provider.pulumi.server import change, check, configure, delete, diff, invoke, metadata, read
from provider.pulumi.server.errors import CallError, status_of
from provider.pulumi.server.problems import call_error, of_exception
from provider.pulumi.server.server import Server

Call = Callable[[Server, Any], Any]

CALLS: dict[str, Call] = {
    "Handshake": metadata.handshake,
    "Attach": metadata.attach,
    "GetPluginInfo": metadata.get_plugin_info,
    "GetSchema": metadata.get_schema,
    "GetMapping": metadata.get_mapping,
    "GetMappings": metadata.get_mappings,
    "CheckConfig": configure.check_config,
    "DiffConfig": configure.diff_config,
    "Configure": configure.configure,
    "Check": check.check,
    "Diff": diff.diff,
    "Create": change.create,
    "Read": read.read,
    "Update": change.update,
    "Delete": delete.delete,
    "Invoke": invoke.invoke,
    "Cancel": metadata.cancel,
}


def provider_handlers(server: Callable[[], Server]) -> dict[str, Handler]:
    """The handlers of the provider service; ``server`` may take its time when it is first asked."""
    return {name: _handler(call, server) for name, call in CALLS.items()}


def _handler(call: Call, load: Callable[[], Server]) -> Handler:
    def handle(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            server = load()
        except Exception as error:  # noqa: BLE001 - the engine must hear why nothing can be served
            problem = of_exception(error)
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{problem.summary}: {problem.detail}")
        try:
            return call(server, request)
        except Exception as error:  # noqa: BLE001 - the engine must get an answer, and no values with a traceback
            failure = call_error(error)
        return _fail(context, failure)

    return handle


def _fail(context: grpc.ServicerContext, failure: CallError) -> Any:
    context.abort_with_status(status_of(failure))
