"""``qualit payments listen``: the receiver of Stripe's webhook."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated

import typer

from provider.cli.output import CommandError, print_text
from provider.cli.session import open_backend


def listen(
    address: Annotated[
        str, typer.Option(help="Where to listen, HOST:PORT. TLS belongs to the proxy before it.")
    ] = "127.0.0.1:8787",
) -> None:
    """Receive Stripe's webhook, so that a confirmed payment goes on at once.

    Every message is checked with QUALIT_STRIPE_WEBHOOK_SECRET and kept; `qualit work` beside it does the rest. Without
    it `qualit work` asks Stripe every few seconds.
    """
    host, port = _parsed(address)
    with open_backend() as backend:
        try:
            receiver = backend.receiver((host, port), _tell)
        except OSError as error:
            raise CommandError(
                f"{address} cannot be listened at", f"{error.strerror}. Name another --address."
            ) from None
        thread = threading.Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stop.set())
        print_text(f"Listening at http://{host}:{receiver.server_address[1]}{receiver.path}. Ctrl-C stops.")
        stop.wait()
        receiver.shutdown()
        receiver.server_close()
    print_text("Stopped. Stripe sends again what it could not deliver.")


def _parsed(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise CommandError(
            "The address cannot be used", f'--address is "{address}"; write HOST:PORT, such as 127.0.0.1:8787.'
        )
    return host.strip("[]"), int(port)


def _tell(line: str) -> None:
    print_text(f"{datetime.now(UTC):%H:%M:%S} {line}")
