"""A small server for Stripe's webhook: one path, small messages, few at a time. TLS belongs to what stands before it.

It answers as soon as a message is in the inbox; a worker (``qualit work``) does the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provider.backend.port import BackendError
from provider.platform.payments.stripe.webhook import NotFromStripeError, Webhook

PATH = "/stripe"
LARGEST_BYTES = 512 * 1024
"""Stripe's messages have some kilobytes."""
PATIENCE_SECONDS = 10.0
"""How long one connection may take to say what it wants."""
AT_ONCE = 16

Tell = Callable[[str], None]


class Receiver(ThreadingHTTPServer):
    """Listens at an address from its making on; ``serve_forever`` answers until ``shutdown``.

    Raises:
        OSError: the address cannot be used.
    """

    daemon_threads = True
    path = PATH
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], webhook: Webhook, tell: Tell) -> None:
        self.webhook = webhook
        self.tell = tell
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        # Who finds no place waits in the system's own queue.
        self._places.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke, or one that said nothing in time."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    server_version = "qualit"
    sys_version = ""
    timeout = PATIENCE_SECONDS

    def do_POST(self) -> None:
        if self.path != PATH:
            return self._answer(HTTPStatus.NOT_FOUND)
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            return self._answer(HTTPStatus.LENGTH_REQUIRED)
        if not 0 <= length <= LARGEST_BYTES:
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        payload = self.rfile.read(length)
        if len(payload) != length:
            return self._answer(HTTPStatus.BAD_REQUEST)
        return self._answer(self._receive(payload))

    def do_GET(self) -> None:
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is worth telling is told by ``tell``, without what a stranger wrote."""

    def _receive(self, payload: bytes) -> HTTPStatus:
        try:
            received = self.server.webhook.receive(payload, self.headers.get("Stripe-Signature"))
        except NotFromStripeError as error:
            self.server.tell(
                f"Refused a message from {self.client_address[0]} that is not signed with the webhook's secret "
                f"({error}); nothing was kept. If Stripe sent it, QUALIT_STRIPE_WEBHOOK_SECRET is of another endpoint, "
                "or this machine's clock is wrong."
            )
            return HTTPStatus.BAD_REQUEST
        except BackendError as error:
            self.server.tell(f"A message could not be kept, and Stripe sends it again: {error}")
            return HTTPStatus.SERVICE_UNAVAILABLE
        if received == "kept":
            self.server.tell("Kept a message; a worker looks at its payment.")
        return HTTPStatus.OK

    def _answer(self, status: HTTPStatus) -> None:
        # One message a connection: whatever was not read goes with it.
        self.close_connection = True
        body = f"{status.phrase}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
