"""The first moments of a plugin process: who calls, where it can be reached, and only then everything else.

The host waits for one line on standard output. Under mutual TLS the line goes out as soon as the socket listens;
gRPC and the provider are imported while the host connects. So nothing heavy may be imported at the top here.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provider.terraform.process import Process
    from provider.terraform.server import Server

COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
"""By this variable and value a host says that it knows it starts a plugin."""

PROTOCOL = 6
_CORE_PROTOCOL = 1
_LONGEST_SOCKET_PATH = 100
"""A unix socket's path has 107 bytes on Linux and 103 elsewhere."""

BY_HAND = """\
This is the plugin that Terraform and OpenTofu start by themselves; it does nothing on its own.
Write in a configuration:

    terraform {
      required_providers {
        qualit = { source = "qualit/qualit" }
      }
    }

`qualit terraform install` puts the plugin where `terraform init` and `tofu init` find it.
"""


def main(load: Callable[[], Server]) -> int:
    """Serve until the host has had enough; the process's exit status.

    ``load`` makes the provider's server; it may import what it likes, and is called after the handshake.
    """
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        sys.stderr.write(BY_HAND)
        return 1
    _mind_signals()
    announcements = _take_standard_output()
    client_pem = os.environ.get("PLUGIN_CLIENT_CERT")
    with _private_folder() as folder:
        if client_pem:
            return _serve_mutual_tls(load, folder, client_pem, announcements)
        return _serve_plain(load, folder, announcements)


def _serve_mutual_tls(load: Callable[[], Server], folder: str, client_pem: str, announcements: int) -> int:
    from provider.terraform import certificate, relay

    public, inner = f"{folder}/plugin", f"{folder}/inner"
    own = certificate.make_certificate()
    try:
        client = relay.certificate_of(client_pem)
        context = relay.server_context(own, client_pem, folder)
    except relay.ClientCertificateError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(public)
        listener.listen()
        gate = relay.Relay(listener, context, client, inner)
        gate.start()
        _announce(announcements, public, relay.announced(own.der))
        with _serving(inner, load) as serving:
            gate.open.set()
            serving.wait()
        gate.close()
    return 0


def _serve_plain(load: Callable[[], Server], folder: str, announcements: int) -> int:
    """For a host that switched its TLS off: whoever may open the 0700 folder may connect."""
    public = f"{folder}/plugin"
    with _serving(public, load) as serving:
        _announce(announcements, public, "")
        serving.wait()
    return 0


@contextmanager
def _serving(path: str, load: Callable[[], Server]) -> Iterator[Process]:
    """gRPC and the provider on a unix socket. Imports make objects that stay: they are spared the collector."""
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # it would look through every installed package for some
    from provider.terraform.process import Process

    with Process(path, load) as process:
        yield process


def _announce(announcements: int, public: str, certificate: str) -> None:
    line = f"{_CORE_PROTOCOL}|{PROTOCOL}|unix|{public}|grpc|{certificate}\n"
    os.write(announcements, line.encode())


def _mind_signals() -> None:
    """SIGTERM ends the process in order, with its sockets removed. SIGINT is left to the host: a terminal sends it
    to both, and the host decides what is still finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))


def _take_standard_output() -> int:
    """Keep standard output for the handshake line: what anything else prints goes to standard error."""
    announcements = os.dup(1)
    os.dup2(2, 1)
    return announcements


@contextmanager
def _private_folder() -> Iterator[str]:
    """A folder that only this user may open, gone afterwards with the sockets in it."""
    base = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - 0700 below
    name = f"qualit-{os.urandom(8).hex()}"
    if len(f"{base}/{name}/plugin") > _LONGEST_SOCKET_PATH:
        base = "/tmp"  # noqa: S108
    folder = f"{base}/{name}"
    os.mkdir(folder, 0o700)  # noqa: PTH102 - importing pathlib would delay the handshake
    try:
        yield folder
    finally:
        with suppress(OSError):
            for left in os.listdir(folder):  # noqa: PTH208
                os.unlink(f"{folder}/{left}")  # noqa: PTH108
            os.rmdir(folder)  # noqa: PTH106
