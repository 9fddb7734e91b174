"""The engine as the plugin sees it: where notices go that a person should read."""

from __future__ import annotations

import threading
from typing import Literal

import grpc

from provider.pulumi.protocol import client, rpc

Severity = Literal["info", "warning"]
_SECONDS = 5.0
_LEVELS = {"info": "INFO", "warning": "WARNING"}


class Engine:
    """Sends notices to the engine's log, each once a run. Without an engine or a URN they are dropped.

    A notice that cannot be sent is lost and nothing else: no change fails for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._said: set[tuple[str, str]] = set()

    def connect(self, address: str) -> None:
        """Send from now on to the engine at this address; an empty one means to none."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            self._channel = grpc.insecure_channel(address) if address else None
            self._said.clear()

    def close(self) -> None:
        self.connect("")

    def tell(self, severity: Severity, text: str, urn: str) -> None:
        """Show a person a notice about the resource ``urn``."""
        with self._lock:
            channel = self._channel
            if channel is None or not urn or (urn, text) in self._said:
                return
            self._said.add((urn, text))
        request = rpc.LogRequest(severity=_LEVELS[severity], message=text, urn=urn)
        try:
            client(channel, "pulumirpc.Engine")["Log"](request, timeout=_SECONDS)
        except (grpc.RpcError, ValueError):  # gone, or closed by another run in between
            return
