"""One libvirt connection that is opened when first used and again when it broke; called by the hosts of this package.

Handles of a broken connection never recover, so nobody keeps one: look domains, pools and networks up again. A call
that gets no answer ends by its deadline, and the next one has a new connection (``deadline``).
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from weakref import WeakSet

import libvirt

from provider.platform.hypervisor.deadline import Deadlines, Line, Watched
from provider.platform.hypervisor.port import DeliveryImpossibleError, HostFailedError, HypervisorUnavailableError
from provider.platform.hypervisor.remedy import FULL_POOL, remedy_for

_FINAL_CODES = frozenset(
    {
        libvirt.VIR_ERR_NO_SUPPORT,
        libvirt.VIR_ERR_INVALID_ARG,
        libvirt.VIR_ERR_XML_ERROR,
        libvirt.VIR_ERR_XML_DETAIL,
        libvirt.VIR_ERR_XML_INVALID_SCHEMA,
        libvirt.VIR_ERR_CONFIG_UNSUPPORTED,
        libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
        libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
    }
)
"""Error codes by which the host refuses for good; asking again the same way cannot help."""
_SILENT_CODES = frozenset(
    {
        libvirt.VIR_ERR_NO_CONNECT,
        libvirt.VIR_ERR_INVALID_CONN,
        libvirt.VIR_ERR_RPC,
        libvirt.VIR_ERR_AUTH_FAILED,
        libvirt.VIR_ERR_AUTH_CANCELLED,
        libvirt.VIR_ERR_AUTH_UNAVAILABLE,
        libvirt.VIR_ERR_OPERATION_TIMEOUT,
    }
)
"""Error codes that say nothing of what was asked: the host could not be spoken to, or a machine is busy."""
_NO_SPACE = "No space left on device"
_CLOSING_SECONDS = 2.0

_connections: WeakSet[LibvirtConnection] = WeakSet()
_events = threading.Lock()
_events_run = False


class LibvirtConnection:
    """A connection to ``uri`` for several threads. Children of this process get none: they are started by exec."""

    def __init__(self, uri: str, deadlines: Deadlines | None = None) -> None:
        self.uri = uri
        self._deadlines = deadlines or Deadlines()
        self._is_local = uri.startswith("test:")
        self._bare: Any = None
        self._handle: Any = None
        self._lock = threading.Lock()
        _silence_libvirt()
        _connections.add(self)

    def handle(self) -> Any:
        """The live ``virConnect``; opened again when the daemon went away since the last call, or was late.

        Its calls, and those of what it gives, raise HypervisorUnavailableError when they are late. The test driver
        lives in this process and is never late.

        Raises:
            HypervisorUnavailableError: it cannot be opened.
        """
        with self._lock:
            if self._handle is None or not self._alive():
                self._bare = self._open()
                self._handle = self._bare if self._is_local else self._watched(self._bare)
            return self._handle

    def close(self) -> None:
        """Close the connection; the next use opens it again. On the test driver its machines are forgotten."""
        bare = self._leave()
        if bare is not None:
            with translated("close the connection", self.uri):
                self._within(_CLOSING_SECONDS, "close", bare.close)

    def _open(self) -> Any:
        if self._is_local:
            with translated("connect to libvirt", self.uri):
                return libvirt.open(self.uri)
        _run_events()
        try:
            return self._within(self._deadlines.opening, "open", self._open_remote)
        except libvirt.libvirtError as error:
            message = f"The hypervisor {self.uri} could not connect to libvirt: {_said(error)}"
            raise HypervisorUnavailableError(message, remedy_for(self.uri, str(error))) from error

    def _open_remote(self) -> Any:
        bare = libvirt.open(self.uri)
        with suppress(libvirt.libvirtError):  # a driver without a daemon has nobody to listen to
            bare.setKeepAlive(self._deadlines.keepalive_seconds, self._deadlines.keepalive_count)
        return bare

    def _watched(self, bare: Any) -> Watched:
        return Watched(bare, Line(self.uri, on_late=partial(self._leave, bare)), self._deadlines)

    def _leave(self, late: Any = None) -> Any:
        """Forget the connection, or do nothing if ``late`` is another one; who still uses it may go on with it."""
        with self._lock:
            if late is not None and late is not self._bare:
                return None
            bare, self._bare, self._handle = self._bare, None, None
            return bare

    def _within(self, seconds: float, what: str, function: Any) -> Any:
        return function() if self._is_local else Line(self.uri).call(what, what, seconds, function)

    def _alive(self) -> bool:
        try:
            return bool(self._bare.isAlive())
        except libvirt.libvirtError:
            return False


@contextmanager
def translated(action: str, uri: str) -> Iterator[None]:
    """Turn libvirt's errors into the port's. ``action`` completes "could not …"."""
    try:
        yield
    except libvirt.libvirtError as error:
        message = f"The hypervisor {uri} could not {action}: {_said(error)}"
        remedy = remedy_for(uri, str(error))
        if error.get_error_domain() == libvirt.VIR_FROM_RPC or error.get_error_code() in _SILENT_CODES:
            raise HypervisorUnavailableError(message, remedy) from error
        if _NO_SPACE in str(error):
            raise DeliveryImpossibleError(f"{message}. {FULL_POOL}") from error
        if error.get_error_code() in _FINAL_CODES:
            raise DeliveryImpossibleError(message) from error
        raise HostFailedError(message, remedy) from error


def absent(error: Exception) -> bool:
    """Whether a libvirt error says that the domain, volume, pool or network looked up is not there."""
    return isinstance(error, libvirt.libvirtError) and error.get_error_code() in (
        libvirt.VIR_ERR_NO_DOMAIN,
        libvirt.VIR_ERR_NO_STORAGE_VOL,
        libvirt.VIR_ERR_NO_STORAGE_POOL,
        libvirt.VIR_ERR_NO_NETWORK,
    )


def _said(error: libvirt.libvirtError) -> str:
    return str(error.get_error_message() or error)


def _silence_libvirt() -> None:
    """libvirt prints each error to stderr unless somebody else takes it; the exception says the same."""
    libvirt.registerErrorHandler(lambda _context, _error: None, None)


def _run_events() -> None:
    """Run libvirt's event loop in a thread, from before the first connection on: it listens for a daemon's silence."""
    global _events_run
    with _events:
        if not _events_run:
            libvirt.virEventRegisterDefaultImpl()
            threading.Thread(target=_loop, name="libvirt events", daemon=True).start()
            _events_run = True


def _loop() -> None:
    while True:
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError:
            time.sleep(1)


@atexit.register
def _close_all() -> None:
    """While the event loop runs: without it a connection to a daemon that hangs would never be closed."""
    for connection in list(_connections):
        with suppress(HypervisorUnavailableError, DeliveryImpossibleError):
            connection.close()
