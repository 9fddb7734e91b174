"""The serving part of a plugin process: gRPC on a unix socket, until the host or the system says stop.

Imported after the handshake line (see :mod:`provider.terraform.handshake`).
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import grpc

from provider.running import Running
from provider.terraform.log import log
from provider.terraform.plugin import plugin_handlers
from provider.terraform.protocol import service_handler
from provider.terraform.server import Server, provider_handlers

_CALLS_AT_ONCE = 64
_NO_LIMIT = -1
_LOOK_SECONDS = 2.0
_GRACE_SECONDS = 1.0


class Process:
    """Serves the provider on the unix socket ``path``; ``load`` makes it, in a thread of its own."""

    def __init__(self, path: str, load: Callable[[], Server]) -> None:
        self._ended = threading.Event()
        self._host = os.getppid()
        self._running = Running()
        self._provider: Future[Server] = Future()
        self._load = load
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # children are started by exec, never by fork alone
        self._server = grpc.server(
            ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="call"),
            options=(
                ("grpc.max_receive_message_length", _NO_LIMIT),
                ("grpc.max_send_message_length", _NO_LIMIT),
            ),
        )
        calls = {name: self._running.counted(call) for name, call in provider_handlers(self._provider.result).items()}
        handlers = (service_handler("tfplugin6.Provider", calls), *plugin_handlers(self._ended))
        self._server.add_generic_rpc_handlers(handlers)
        self._server.add_insecure_port(f"unix:{path}")

    def __enter__(self) -> Self:
        self._server.start()
        threading.Thread(target=self._make_provider, name="load", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        # First, because the host kills the process two seconds after it asked it to end.
        if self._provider.done() and self._provider.exception() is None:
            self._provider.result().close()
        self._server.stop(_GRACE_SECONDS).wait()

    def wait(self) -> None:
        """Serve until Shutdown; or until the host is gone and nothing runs any more."""
        while not self._ended.wait(_LOOK_SECONDS):
            if os.getppid() != self._host and not self._running:
                log.warn("the host is gone")
                break

    def _make_provider(self) -> None:
        try:
            self._provider.set_result(self._load())
        except Exception as error:  # noqa: BLE001 - every call answers with it, as a diagnostic
            self._provider.set_exception(error)
        gc.freeze()
        gc.enable()
