"""Mutual TLS in front of the gRPC server, which itself listens only inside this process's 0700 folder.

The host's certificate is P-521, and gRPC's own TLS does not accept one as a client's; the standard library's does.
Only the very certificate that the host announced is let in. Each connection has one thread.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import threading
from binascii import b2a_base64

from provider.terraform.certificate import Certificate

_CHUNK = 256 * 1024
_TLS_SECONDS = 20.0
_LAST_BYTES_SECONDS = 5.0


class ClientCertificateError(ValueError):
    """What the host announced as its certificate is none."""


def server_context(own: Certificate, client_pem: str, folder: str) -> ssl.SSLContext:
    """TLS that presents ``own`` and demands the client's certificate; ``folder`` holds the key for a moment.

    Raises:
        ClientCertificateError: ``client_pem`` is not a certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    context.set_alpn_protocols(["h2"])
    try:
        context.load_verify_locations(cadata=client_pem)
    except (ssl.SSLError, ValueError):
        raise ClientCertificateError("PLUGIN_CLIENT_CERT does not hold a certificate in PEM form") from None
    chain = os.path.join(folder, "own.pem")  # noqa: PTH118 - importing pathlib would delay the handshake
    with open(os.open(chain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(own.key_pem + ssl.DER_cert_to_PEM_cert(own.der).encode())
    try:
        context.load_cert_chain(chain)
    finally:
        os.unlink(chain)  # noqa: PTH108
    return context


def certificate_of(client_pem: str) -> bytes:
    """The client's certificate itself, in DER; raises ClientCertificateError."""
    try:
        return ssl.PEM_cert_to_DER_cert(client_pem)
    except ValueError:
        raise ClientCertificateError("PLUGIN_CLIENT_CERT does not hold one certificate in PEM form") from None


def announced(der: bytes) -> str:
    """A certificate as the handshake line carries it: base64 without padding."""
    return b2a_base64(der, newline=False).decode().rstrip("=")


class Relay:
    """Accepts connections on ``listener`` and passes them on to the unix socket ``inner`` once it is ``open``.

    ``client`` is the certificate (DER) that a peer must have; ``context`` has checked that it also has its key.
    """

    def __init__(self, listener: socket.socket, context: ssl.SSLContext, client: bytes, inner: str) -> None:
        self._listener = listener
        self._context = context
        self._client = client
        self._inner = inner
        self.open = threading.Event()
        self._serving: set[threading.Thread] = set()

    def start(self) -> None:
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def close(self) -> None:
        """Accept nothing more, and pass on what the connections still hold; the inner side is to be closed first."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in tuple(self._serving):
            thread.join(_LAST_BYTES_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="relayed", daemon=True)
            self._serving.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._relay(connection)
        except OSError:
            connection.close()
        finally:
            self._serving.discard(threading.current_thread())

    def _relay(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(_TLS_SECONDS)
            with self._context.wrap_socket(connection, server_side=True) as outer:
                if outer.getpeercert(binary_form=True) != self._client:
                    return
                self.open.wait()
                with socket.socket(socket.AF_UNIX) as inner:
                    inner.connect(self._inner)
                    _pass_on(outer, inner)


def _pass_on(outer: ssl.SSLSocket, inner: socket.socket) -> None:
    """Pass bytes both ways until one side ends, each way with at most a chunk under way.

    One thread does both, because OpenSSL's state of a connection must not be used by two at once.
    """
    outer.settimeout(0)
    inner.settimeout(0)
    inward, outward = _Way(), _Way()
    poll = select.poll()
    while not (inward.ended or outward.ended):
        moved = inward.take_from(outer) | outward.take_from(inner)
        moved |= inward.give_to(inner) | outward.give_to(outer)
        if not moved:
            poll.register(outer, _interest(taking=inward, giving=outward))
            poll.register(inner, _interest(taking=outward, giving=inward))
            poll.poll()
    for way, to in ((inward, inner), (outward, outer)):
        to.settimeout(_LAST_BYTES_SECONDS)
        to.sendall(way.pending)


class _Way:
    """One direction: what was taken from one side and not yet given to the other."""

    def __init__(self) -> None:
        self.pending = memoryview(b"")
        self.ended = False

    def take_from(self, source: socket.socket) -> bool:
        """Take what there is, if nothing is pending; whether something was taken."""
        if self.pending or self.ended:
            return False
        try:
            taken = source.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        self.pending = memoryview(taken)
        self.ended = not taken
        return bool(taken)

    def give_to(self, target: socket.socket) -> bool:
        """Give as much as the other side takes; whether something was given."""
        if not self.pending:
            return False
        try:
            given = target.send(self.pending)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        self.pending = self.pending[given:]
        return given > 0


def _interest(*, taking: _Way, giving: _Way) -> int:
    """What to wait for on a side from which ``taking`` takes and to which ``giving`` gives."""
    return (0 if taking.pending else select.POLLIN) | (select.POLLOUT if giving.pending else 0)
