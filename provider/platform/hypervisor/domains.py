"""Look up domains and read what libvirt knows of them; used by both hosts. libvirt's errors pass through."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import libvirt

from provider.backend.port import PowerState
from provider.commerce.policy import MachineFault
from provider.platform.hypervisor.connection import absent
from provider.platform.hypervisor.domain_state import DomainState, read_domain
from provider.platform.hypervisor.port import DeliveryImpossibleError


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


def power_state(domain: Any) -> PowerState:
    """A paused guest counts as running; one that libvirt has saved, as sleeping."""
    if domain.isActive():
        return "running"
    return "sleeping" if domain.hasManagedSaveImage() else "off"


def fault_of(domain: Any) -> MachineFault | None:
    """What became of a machine that nobody asked for, as far as the domain tells; the disk is looked at elsewhere."""
    state, reason = domain.state()
    if (state, reason) == (libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED):
        return "crashed"
    if (state, reason) == (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_IOERROR):
        return "paused"
    if not domain.isPersistent():
        return "undefined"
    return "ballooned" if definition(domain).is_ballooned else None


def dhcp_hosts(network: Any) -> list[ET.Element]:
    """The ``<host mac= ip=>`` reservations of a network."""
    return ET.fromstring(network.XMLDesc()).findall("ip/dhcp/host")  # noqa: S314 - libvirt wrote it
