"""The serving part of a plugin process: gRPC on a local port, until the engine or the system says stop."""

from __future__ import annotations

import gc
import os
import select
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import grpc

from provider.pulumi.protocol import service_handler
from provider.pulumi.server import Server, provider_handlers
from provider.running import Running

_CALLS_AT_ONCE = 64
_NO_LIMIT = -1
_LOOK_SECONDS = 1.0
_ENDING_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 1.0


class Process:
    """Serves the provider on a port of this machine alone; ``load`` makes it, in a thread of its own.

    ``engine`` is the engine's address, if one is known from the start. ``alone`` is a process that nobody's end ends.
    """

    def __init__(self, load: Callable[[], Server], engine: str = "", *, alone: bool = False) -> None:
        self._load = load
        self._engine = engine
        self._starter = None if alone else os.getppid()
        self._running = Running()
        self._woken, self._wake = os.pipe()
        self._ending = False
        self._provider: Future[Server] = Future()
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # children are started by exec, never by fork alone
        self._server = grpc.server(
            ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="call"),
            options=(
                ("grpc.max_receive_message_length", _NO_LIMIT),
                ("grpc.max_send_message_length", _NO_LIMIT),
                ("grpc.so_reuseport", 0),
            ),
        )
        calls = {name: self._running.counted(call) for name, call in provider_handlers(self._provider.result).items()}
        self._server.add_generic_rpc_handlers((service_handler("pulumirpc.ResourceProvider", calls),))
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> Self:
        self._server.start()
        threading.Thread(target=self._make_provider, name="load", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(_GRACE_SECONDS).wait()
        os.close(self._woken)
        os.close(self._wake)
        if self._provider.done() and self._provider.exception() is None:
            self._provider.result().close()

    def end_when_idle(self) -> None:
        """End as soon as nothing runs. Safe to be called by a signal."""
        self._ending = True
        os.write(self._wake, b"!")

    def wait(self) -> None:
        """Serve until the end is wanted, or the engine is gone, and nothing runs any more."""
        while not ((self._ending or self._deserted()) and not self._running):
            ready, _, _ = select.select([self._woken], [], [], _ENDING_LOOK_SECONDS if self._ending else _LOOK_SECONDS)
            if ready:
                os.read(self._woken, 1)

    def _deserted(self) -> bool:
        return self._starter is not None and os.getppid() != self._starter

    def _make_provider(self) -> None:
        try:
            server = self._load()
            server.engine.connect(self._engine)
            self._provider.set_result(server)
        except Exception as error:  # noqa: BLE001 - every call answers with it
            self._provider.set_exception(error)
        gc.freeze()
        gc.enable()
