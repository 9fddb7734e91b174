"""One libvirt connection that is opened when first used and again when it broke; called by the hosts of this package.

Handles of a broken connection never recover, so nobody keeps one: look domains, pools and networks up again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import libvirt

from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.hypervisor.remedy import remedy_for

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


class LibvirtConnection:
    """A connection to ``uri`` for several threads."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._handle: Any = None
        self._lock = threading.Lock()
        _silence_libvirt()

    def handle(self) -> Any:
        """The live ``virConnect``; opened again when the daemon went away since the last call.

        Raises:
            HypervisorUnavailableError: it cannot be opened.
        """
        with self._lock:
            if self._handle is None or not self._alive():
                with translated("connect to libvirt", self.uri):
                    self._handle = libvirt.open(self.uri)
            return self._handle

    def close(self) -> None:
        """Close the connection; the next use opens it again. On the test driver its machines are forgotten."""
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            with translated("close the connection", self.uri):
                handle.close()

    def _alive(self) -> bool:
        try:
            return bool(self._handle.isAlive())
        except libvirt.libvirtError:
            return False


@contextmanager
def translated(action: str, uri: str) -> Iterator[None]:
    """Turn libvirt's errors into the port's. ``action`` completes "could not …"."""
    try:
        yield
    except libvirt.libvirtError as error:
        message = f"The hypervisor {uri} could not {action}: {error.get_error_message() or error}"
        if error.get_error_code() in _FINAL_CODES and error.get_error_domain() != libvirt.VIR_FROM_RPC:
            raise DeliveryImpossibleError(message) from error
        raise HypervisorUnavailableError(message, remedy_for(uri, str(error))) from error


def absent(error: Exception) -> bool:
    """Whether a libvirt error says that the domain, volume, pool or network looked up is not there."""
    return isinstance(error, libvirt.libvirtError) and error.get_error_code() in (
        libvirt.VIR_ERR_NO_DOMAIN,
        libvirt.VIR_ERR_NO_STORAGE_VOL,
        libvirt.VIR_ERR_NO_STORAGE_POOL,
        libvirt.VIR_ERR_NO_NETWORK,
    )


def _silence_libvirt() -> None:
    """libvirt prints each error to stderr unless somebody else takes it; the exception says the same."""
    libvirt.registerErrorHandler(lambda _context, _error: None, None)
