"""What a domain's XML says a machine has. Called by the hosts of this package to compare and to report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from provider.commerce.catalogue import Characteristics
from provider.platform.hypervisor.domain_xml import AGENT_CHANNEL, NAMESPACE, SYSTEM_DISK
from provider.platform.hypervisor.guest_keys import GuestKeys, read_keys

_KIB_PER_GIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DomainState:
    """A domain as one of its two definitions has it: the live or the persistent one.

    Its memory is what it boots with and what was requested of its virtio-mem device since; a guest without a
    driver for that takes less.
    ``is_ballooned`` of a live one whose guest was made to give some of that back.
    ``limits_mbits`` has an entry for the MAC of each interface, 0 where it has no limit. ``keys`` are those that its
    guest may have because of us, ``agent_connected`` is whether the guest's agent has opened its channel.
    """

    os: str
    vcpus: int
    vcpus_maximum: int
    boot_memory_gib: int
    grown_memory_gib: int
    memory_maximum_gib: int
    limits_mbits: dict[str, int]
    system_disk: str
    ceiling: Characteristics
    virtio_mem: ET.Element | None
    is_ballooned: bool
    keys: GuestKeys
    agent_connected: bool

    @property
    def macs(self) -> tuple[str, ...]:
        return tuple(self.limits_mbits)

    @property
    def bandwidth_mbits(self) -> int:
        """The smallest limit of its interfaces, 0 where one has none."""
        return min(self.limits_mbits.values(), default=0)

    @property
    def memory_gib(self) -> int:
        return self.boot_memory_gib + self.grown_memory_gib

    @property
    def room(self) -> Characteristics:
        """The ceiling that this definition really has."""
        return self.ceiling.model_copy(update={"vcpus": self.vcpus_maximum, "memory_gib": self.memory_maximum_gib})


def read_domain(xml: str) -> DomainState | None:
    """Read a domain's XML; None when it is no machine of ours."""
    root = ET.fromstring(xml)  # noqa: S314 - it comes from libvirt, which wrote it
    machine = root.find(f"metadata/{{{NAMESPACE}}}machine")
    ceiling = machine.find(f"{{{NAMESPACE}}}ceiling") if machine is not None else None
    vcpu = root.find("vcpu")
    if machine is None or ceiling is None or vcpu is None:
        return None
    virtio_mem = root.find("devices/memory[@model='virtio-mem']")
    initial = _initial_memory_kib(root)
    interfaces = root.findall("devices/interface")
    return DomainState(
        os=machine.get("os", ""),
        vcpus=int(vcpu.get("current") or vcpu.text or 0),
        vcpus_maximum=int(vcpu.text or 0),
        boot_memory_gib=initial // _KIB_PER_GIB,
        grown_memory_gib=_kib(virtio_mem, "target/requested") // _KIB_PER_GIB,
        memory_maximum_gib=(initial + _kib(virtio_mem, "target/size")) // _KIB_PER_GIB,
        limits_mbits={_mac(interface): _bandwidth_mbits(interface) for interface in interfaces},
        system_disk=_system_disk(root),
        ceiling=Characteristics(**{name: int(value) for name, value in ceiling.attrib.items()}),
        virtio_mem=virtio_mem,
        is_ballooned=_is_ballooned(root, initial + _kib(virtio_mem, "target/current")),
        keys=read_keys(root),
        agent_connected=_agent_connected(root),
    )


def _is_ballooned(root: ET.Element, present_kib: int) -> bool:
    """Of a definition that is not live, which has no id, it says nothing."""
    return root.get("id") is not None and _kib(root, "currentMemory") < present_kib


def _initial_memory_kib(root: ET.Element) -> int:
    cells = root.findall("cpu/numa/cell")
    if cells:
        return sum(_unit_kib(cell.get("unit")) * int(cell.get("memory", "0")) for cell in cells)
    return _kib(root, "memory")


def _kib(parent: ET.Element | None, path: str) -> int:
    element = parent.find(path) if parent is not None else None
    return int(element.text or 0) * _unit_kib(element.get("unit")) if element is not None else 0


def _unit_kib(unit: str | None) -> int:
    """libvirt writes KiB; what we wrote ourselves may be in the larger ones."""
    return {"KiB": 1, "MiB": 1024, "GiB": _KIB_PER_GIB}[unit or "KiB"]


def _mac(interface: ET.Element) -> str:
    mac = interface.find("mac")
    return mac.get("address", "").lower() if mac is not None else ""


def _bandwidth_mbits(interface: ET.Element) -> int:
    inbound = interface.find("bandwidth/inbound")
    return int(inbound.get("average", "0")) // 125 if inbound is not None else 0


def _agent_connected(root: ET.Element) -> bool:
    """libvirt says it of a running domain only."""
    target = root.find(f"devices/channel/target[@name='{AGENT_CHANNEL}']")
    return target is not None and target.get("state") == "connected"


def _system_disk(root: ET.Element) -> str:
    for disk in root.findall("devices/disk"):
        target, source = disk.find("target"), disk.find("source")
        if target is not None and source is not None and target.get("dev") == SYSTEM_DISK:
            return source.get("file", "")
    return ""
