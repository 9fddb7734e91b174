"""HTTP as Stripe speaks it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StripeRefusalError(Exception):
    """An error that Stripe answers with."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error.get("message"))
        self.status = status
        self.error = error


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    is_broken: bool = False
    is_kept: bool = True

    @classmethod
    def error(cls, status: int, **error: Any) -> Answer:
        return cls(status, {"error": {"type": "invalid_request_error", **error}})

    def broken(self) -> Answer:
        """The same, and the connection breaks before anybody hears it."""
        return replace(self, is_broken=True)

    def unbroken(self) -> Answer:
        return replace(self, is_broken=False)

    def replayed(self) -> Answer:
        return replace(self, headers={"Idempotent-Replayed": "true"})

    def not_kept(self) -> Answer:
        """It failed before it began, so that its key is as good as new."""
        return replace(self, is_kept=False)


Respond = Callable[[str, str, str, dict[str, str]], Answer]
"""Of a method, a path, the query or the body, and headers with names in lower case."""


class FacadeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: FacadeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self._answer("GET", path, query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer("POST", self.path, body.decode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _answer(self, method: str, path: str, text: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.respond(method, path, text, headers)
        if answer.is_broken:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", "Request-Id": "req_1", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
