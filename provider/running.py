"""How many calls of a plugin run now: a process does not end in the middle of one."""

from __future__ import annotations

import threading
from typing import Any

import grpc

from provider.descriptors import Handler


class Running:
    """Counts the calls that run. True while there is one."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def counted(self, handler: Handler) -> Handler:
        """The handler, counted while it answers."""

        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            with self._lock:
                self._count += 1
            try:
                return handler(request, context)
            finally:
                with self._lock:
                    self._count -= 1

        return handle

    def __bool__(self) -> bool:
        return self._count > 0
