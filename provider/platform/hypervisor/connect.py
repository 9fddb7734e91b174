"""Open the hypervisor that a libvirt address names. The embedded platform and `qualit doctor` call it."""

from __future__ import annotations

from pathlib import Path

from provider.platform.hypervisor.port import Hypervisor, HypervisorUnavailableError
from provider.platform.hypervisor.remedy import INSTALL_PYTHON


def connect_hypervisor(uri: str, home: Path) -> Hypervisor:
    """The host at ``uri``, connected; what is found out about it is remembered below ``home``.

    ``test:///…`` is libvirt's test driver, whose machines live as long as this process.

    Raises:
        HypervisorUnavailableError: libvirt-python is missing, the daemon is down, or access is denied.
    """
    require_libvirt()
    from provider.platform.hypervisor.connection import LibvirtConnection

    connection = LibvirtConnection(uri)
    connection.handle()
    if uri.startswith("test:"):
        from provider.platform.hypervisor.testdriver import TestDriverHost

        return TestDriverHost(connection)
    from provider.platform.hypervisor.libvirt_host import LibvirtHost

    return LibvirtHost(connection, home)


def require_libvirt() -> None:
    """Raise HypervisorUnavailableError unless libvirt-python is there, before a module that imports it is."""
    try:
        import libvirt  # noqa: F401 - 60 ms that only a process which reaches the hypervisor pays
    except ImportError as error:
        raise HypervisorUnavailableError(f"libvirt-python cannot be imported: {error}", INSTALL_PYTHON) from error
