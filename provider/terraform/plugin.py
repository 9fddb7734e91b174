"""The services that go-plugin asks of every plugin: shutdown, its output, its health."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import grpc

from provider.terraform.protocol import message, service_handler

NAME = "plugin"
"""The name under which go-plugin asks for health."""

_LOOK_SECONDS = 0.5
"""How often a stream of output looks whether its host is still there."""


def plugin_handlers(ended: threading.Event) -> tuple[grpc.GenericRpcHandler, ...]:
    """The handlers; a shutdown sets ``ended``, which also ends the stream of output."""

    def shutdown(_request: Any, _context: Any) -> Any:
        ended.set()
        return message("plugin.Empty")()

    def stream_stdio(_request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Nothing is written to this stream: the log goes to standard error, which the host reads itself."""
        while context.is_active() and not ended.wait(_LOOK_SECONDS):
            pass
        return iter(())

    def check(request: Any, context: grpc.ServicerContext) -> Any:
        health = message("grpc.health.v1.HealthCheckResponse")
        if request.service not in ("", NAME):
            context.abort(grpc.StatusCode.NOT_FOUND, f"no service {request.service}")
        return health(status=health.SERVING)

    return (
        service_handler("plugin.GRPCController", {"Shutdown": shutdown}),
        service_handler("plugin.GRPCStdio", {"StreamStdio": stream_stdio}),
        service_handler("grpc.health.v1.Health", {"Check": check}),
    )
