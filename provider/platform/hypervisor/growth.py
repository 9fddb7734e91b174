"""Give a machine more while it runs, or for when it is woken. Called by the host.

A domain has two definitions, the live one and the persistent one. Each is compared with the target by itself and
brought up to it, so that a call that was cut off is finished by the next. The live one comes first: what the running
machine refuses is not promised to its next start. What can be taken back comes before what cannot: interfaces, limits
and memory, then vCPUs, which a guest may keep for ever, and the disk last. libvirt's errors pass through, to be
translated by the caller.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import libvirt

from provider.commerce.catalogue import Characteristics
from provider.platform.hypervisor.bandwidth import limit_bandwidth
from provider.platform.hypervisor.domain_state import DomainState
from provider.platform.hypervisor.domain_xml import SYSTEM_DISK, interface
from provider.platform.hypervisor.domains import definition
from provider.platform.hypervisor.port import DeliveryImpossibleError, MachineSpec
from provider.platform.hypervisor.volumes import GIB

_LIVE, _PERSISTENT = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
_KIB_PER_GIB = 1024 * 1024


def grow(domain: Any, spec: MachineSpec, *, bandwidth: bool) -> bool:
    """Interfaces, their limits, memory and vCPUs, live where it runs and in the persistent definition.

    ``bandwidth`` is whether the host can limit an interface.

    Returns whether a running guest has got more vCPUs.

    Raises:
        DeliveryImpossibleError: beyond the room that was reserved at the machine's start; nothing was changed.
    """
    scopes = [_LIVE, _PERSISTENT] if domain.isActive() else [_PERSISTENT]
    before = {scope: _definition(domain, scope) for scope in scopes}
    for has in before.values():
        _refuse_beyond_room(spec, has.room)
    limits = (limit_bandwidth,) if bandwidth else ()
    for step in (_attach_interfaces, *limits, _empty_balloon, _grow_memory, _grow_vcpus):
        for scope in scopes:
            step(domain, _definition(domain, scope), spec, scope)
    return _LIVE in before and before[_LIVE].vcpus < spec.characteristics.vcpus


def grow_running_disk(domain: Any, size_gib: int) -> None:
    """Enlarge the system disk of a running machine; never shrink it, which libvirt would do without a word.

    It is announced even when the volume has that size already: it may have been enlarged while the machine slept.
    """
    if size_gib * GIB >= disk_bytes(domain):
        domain.blockResize(SYSTEM_DISK, size_gib * GIB, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)


def grow_resting_disk(volume: Any, size_gib: int) -> None:
    """Enlarge the volume of a machine that sleeps or is off."""
    if size_gib * GIB > volume.info()[1]:
        volume.resize(size_gib * GIB)


def disk_bytes(domain: Any) -> int:
    """The size of the system disk."""
    return int(domain.blockInfo(SYSTEM_DISK)[0])


def _definition(domain: Any, scope: int) -> DomainState:
    """As it is now: each step looks, as somebody else may change the machine meanwhile."""
    return definition(domain, persistent=scope == _PERSISTENT)


def _attach_interfaces(domain: Any, has: DomainState, spec: MachineSpec, scope: int) -> None:
    for address in spec.addresses:
        # A second interface of the same MAC would be accepted.
        if address.mac.lower() not in has.macs:
            domain.attachDeviceFlags(ET.tostring(interface(address), encoding="unicode"), scope)


def _empty_balloon(domain: Any, has: DomainState, _: MachineSpec, scope: int) -> None:
    """Give back what the guest was made to give away with its balloon."""
    if has.is_ballooned:
        domain.setMemoryFlags(has.boot_memory_gib * _KIB_PER_GIB, scope)


def _grow_vcpus(domain: Any, has: DomainState, spec: MachineSpec, scope: int) -> None:
    if has.vcpus < spec.characteristics.vcpus:
        domain.setVcpusFlags(spec.characteristics.vcpus, scope)


def _grow_memory(domain: Any, has: DomainState, spec: MachineSpec, scope: int) -> None:
    """Request more of the virtio-mem device. Both scopes in one call fail, and each needs its own XML."""
    total_gib = spec.characteristics.memory_gib
    if has.memory_gib >= total_gib:
        return
    device = has.virtio_mem
    requested = device.find("target/requested") if device is not None else None
    if device is None or requested is None:
        raise DeliveryImpossibleError(f'The machine "{domain.name()}" has no memory device that could grow.')
    requested.set("unit", "GiB")
    requested.text = str(total_gib - has.boot_memory_gib)
    domain.updateDeviceFlags(ET.tostring(device, encoding="unicode"), scope)


def _refuse_beyond_room(spec: MachineSpec, room: Characteristics) -> None:
    wanted = spec.characteristics
    for what, value, ceiling in (
        ("vCPUs", wanted.vcpus, room.vcpus),
        ("GiB of memory", wanted.memory_gib, room.memory_gib),
        ("IPv4 addresses", len(spec.addresses), room.ipv4_addresses),
    ):
        if value > ceiling:
            raise DeliveryImpossibleError(
                f'The machine "{spec.name}" was started with room for {ceiling} {what} and cannot get {value} while it '
                "runs. Switch it off, and it gets them at its next start."
            )
