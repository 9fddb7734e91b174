"""Look up domains and read what libvirt knows of them; used by both hosts. libvirt's errors pass through."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import libvirt

from provider.backend.port import PowerCause, SeenPowerState
from provider.commerce.policy import MachineFault
from provider.platform.hypervisor.connection import absent
from provider.platform.hypervisor.domain_state import DomainState, read_domain
from provider.platform.hypervisor.port import DeliveryImpossibleError

_OFF: dict[int, PowerCause] = {
    libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN: "shut-down",
    libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED: "stopped",
    libvirt.VIR_DOMAIN_SHUTOFF_CRASHED: "crashed",
    libvirt.VIR_DOMAIN_SHUTOFF_FAILED: "not-started",
    libvirt.VIR_DOMAIN_SHUTOFF_SAVED: "memory-lost",
}
_PAUSED: dict[tuple[int, int], PowerCause] = {
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_UNKNOWN): "paused",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER): "paused",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_FROM_SNAPSHOT): "paused",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_WATCHDOG): "paused",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_IOERROR): "disk-error",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_CRASHED): "crashed",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_POSTCOPY_FAILED): "crashed",
}
"""Those that stay. libvirt also pauses a machine for a moment while it saves, moves or starts it."""


def find_domain(handle: Any, uuid: str) -> Any:
    """The domain of that UUID, or None."""
    try:
        return handle.lookupByUUIDString(uuid)
    except libvirt.libvirtError as error:
        if absent(error):
            return None
        raise


def definition(domain: Any, *, persistent: bool = False) -> DomainState:
    """What the domain has now or, ``persistent``, what it will have at its next start from being off.

    Raises:
        DeliveryImpossibleError: it is not one of ours.
    """
    state = read_domain(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE if persistent else 0))
    if state is None:
        raise DeliveryImpossibleError(
            f'The host has a domain "{domain.name()}" with the UUID {domain.UUIDString()} that Qual.IT did not make. '
            "Rename or move it; it is left as it is."
        )
    return state


def power_state(domain: Any) -> SeenPowerState:
    """Sleeping is one that libvirt has saved; off is also one whose system crashed and that QEMU still holds."""
    state, reason = domain.state()
    if state == libvirt.VIR_DOMAIN_CRASHED:
        return "off"
    if state == libvirt.VIR_DOMAIN_PMSUSPENDED or (state, reason) in _PAUSED:
        return "paused"
    if domain.isActive():
        return "running"
    return "sleeping" if domain.hasManagedSaveImage() else "off"


def power_cause(domain: Any) -> PowerCause | None:
    """Why a domain is off or paused; None where libvirt does not know, as after its own restart."""
    state, reason = domain.state()
    if state == libvirt.VIR_DOMAIN_CRASHED:
        return "crashed"
    if state == libvirt.VIR_DOMAIN_PMSUSPENDED:
        return "suspended"
    if state == libvirt.VIR_DOMAIN_SHUTOFF and not domain.hasManagedSaveImage():
        return _OFF.get(reason)
    return _PAUSED.get((state, reason))


def fault_of(domain: Any) -> MachineFault | None:
    """What became of a machine that nobody asked for, as far as the domain tells; the disk is looked at elsewhere."""
    cause = power_cause(domain)
    if cause == "crashed":
        return "crashed"
    if cause == "disk-error":
        return "paused"
    if not domain.isPersistent():
        return "undefined"
    return "ballooned" if definition(domain).is_ballooned else None


def dhcp_hosts(network: Any) -> list[ET.Element]:
    """The ``<host mac= ip=>`` reservations of a network."""
    return ET.fromstring(network.XMLDesc()).findall("ip/dhcp/host")  # noqa: S314 - libvirt wrote it
