"""The libvirt domain of a machine, with room for growth from its first boot. Called by the hosts of this package.

What is fixed when a guest boots is reserved here up to the ceiling: vCPUs, memory (a virtio-mem device of which
nothing is requested yet) and PCI slots for more interfaces. Element names: libvirt's "Domain XML format".
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Literal

from provider.commerce.catalogue import Characteristics
from provider.platform.hypervisor.guest_keys import GuestKeys
from provider.platform.hypervisor.port import Address, MachineSpec

NAMESPACE = "urn:qualit:machine:1"
"""The XML namespace of what the domain says about itself in its metadata."""
SYSTEM_DISK = "vda"
SEED_DISK = "vdb"
NETWORK = "qualit"
AGENT_CHANNEL = "org.qemu.guest_agent.0"
LEAST_PCIE_ROOT_PORTS = 28
OWN_DEVICES = 10
"""What a machine has beside its interfaces: disks, USB, serial lines, random numbers, balloon, and some to spare."""
VIRTIO_MEM_BLOCK_MIB = 2

DomainType = Literal["kvm", "qemu"]
ET.register_namespace("qualit", NAMESPACE)


@dataclass(frozen=True, slots=True)
class DomainFiles:
    """Where a domain's files are on the host. ``seed`` is the NoCloud volume."""

    system: str
    seed: str
    console_log: str


def domain_name(spec: MachineSpec) -> str:
    """A name that a person recognises and that no other home on the same host has."""
    return f"qualit-{spec.name}-{spec.uuid.replace('-', '')[:6]}"


def qemu_domain(
    spec: MachineSpec,
    domain_type: DomainType,
    files: DomainFiles,
    *,
    name: str | None = None,
    keys: GuestKeys | None = None,
) -> str:
    """A domain for QEMU, called ``name`` or else by its server. Its ceiling is at least what ``spec`` asks for now.

    ``keys`` are those that its guest has already; one that is installed from a new seed has those of ``spec``.
    """
    ceiling = raised(spec.ceiling, spec.characteristics)
    now = spec.characteristics
    growth_gib = ceiling.memory_gib - now.memory_gib
    domain = _head(spec, domain_type, ceiling, name, keys or GuestKeys(spec.ssh_keys))
    ET.SubElement(domain, "maxMemory", slots="8", unit="GiB").text = str(ceiling.memory_gib)
    ET.SubElement(domain, "memory", unit="GiB").text = str(now.memory_gib + growth_gib)
    _vcpus(domain, now, ceiling)
    os = ET.SubElement(domain, "os")
    ET.SubElement(os, "type", arch="x86_64", machine="q35").text = "hvm"
    ET.SubElement(os, "boot", dev="hd")
    features = ET.SubElement(domain, "features")
    ET.SubElement(features, "acpi")
    ET.SubElement(features, "apic")
    cpu = ET.SubElement(domain, "cpu", mode="host-model" if domain_type == "kvm" else "maximum")
    numa = ET.SubElement(cpu, "numa")
    ET.SubElement(numa, "cell", id="0", cpus=f"0-{ceiling.vcpus - 1}", memory=str(now.memory_gib), unit="GiB")
    ET.SubElement(domain, "clock", offset="utc")
    for event, action in (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "restart")):
        ET.SubElement(domain, f"on_{event}").text = action
    devices = ET.SubElement(domain, "devices")
    for index in range(_pcie_root_ports(ceiling) + 1):
        model = "pcie-root-port" if index else "pcie-root"
        ET.SubElement(devices, "controller", type="pci", index=str(index), model=model)
    _disk(devices, files.system, SYSTEM_DISK, "qcow2")
    _disk(devices, files.seed, SEED_DISK, "raw")
    for address in spec.addresses:
        devices.append(interface(address))
    _console(devices, files.console_log)
    if growth_gib:
        _virtio_mem(devices, growth_gib)
    return _text(domain)


def test_domain(spec: MachineSpec, system_volume: str) -> str:
    """A domain for libvirt's test driver, which knows neither virtio-mem nor hot-plugging."""
    domain = _head(spec, "test", raised(spec.ceiling, spec.characteristics))
    ET.SubElement(domain, "memory", unit="GiB").text = str(spec.characteristics.memory_gib)
    _vcpus(domain, spec.characteristics, raised(spec.ceiling, spec.characteristics))
    os = ET.SubElement(domain, "os")
    ET.SubElement(os, "type").text = "hvm"
    devices = ET.SubElement(domain, "devices")
    _disk(devices, system_volume, SYSTEM_DISK, "qcow2")
    for address in spec.addresses:
        element = interface(address)
        limit = ET.SubElement(element, "bandwidth")
        rate = str(kilobytes_per_second(spec.characteristics.bandwidth_mbits))
        ET.SubElement(limit, "inbound", average=rate)
        ET.SubElement(limit, "outbound", average=rate)
        devices.append(element)
    return _text(domain)


def interface(address: Address) -> ET.Element:
    """One virtio interface on the machines' network. Its bandwidth is limited apart, where the host can."""
    element = ET.Element("interface", type="network")
    ET.SubElement(element, "mac", address=address.mac)
    ET.SubElement(element, "source", network=NETWORK)
    ET.SubElement(element, "model", type="virtio")
    return element


def kilobytes_per_second(mbits: int) -> int:
    """libvirt's unit of bandwidth, of 1000 bytes."""
    return mbits * 125


def raised(ceiling: Characteristics, now: Characteristics) -> Characteristics:
    """The ceiling, but in nothing below what the machine has now."""
    return Characteristics(**{name: max(getattr(ceiling, name), value) for name, value in now})


def _head(
    spec: MachineSpec,
    domain_type: str,
    ceiling: Characteristics,
    name: str | None = None,
    keys: GuestKeys | None = None,
) -> ET.Element:
    domain = ET.Element("domain", type=domain_type)
    ET.SubElement(domain, "name").text = name or domain_name(spec)
    ET.SubElement(domain, "uuid").text = spec.uuid
    ET.SubElement(domain, "title").text = f"Qual.IT server {spec.name}"
    metadata = ET.SubElement(domain, "metadata")
    machine = ET.SubElement(metadata, f"{{{NAMESPACE}}}machine", server=spec.name, os=spec.os)
    room = {name: str(value) for name, value in ceiling}
    ET.SubElement(machine, f"{{{NAMESPACE}}}ceiling", room)
    if keys is not None:
        metadata.append(keys.element())
    return domain


def _vcpus(domain: ET.Element, now: Characteristics, ceiling: Characteristics) -> None:
    ET.SubElement(domain, "vcpu", placement="static", current=str(now.vcpus)).text = str(ceiling.vcpus)


def _disk(devices: ET.Element, path: str, target: str, image_format: str) -> None:
    disk = ET.SubElement(devices, "disk", type="file", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type=image_format, discard="unmap")
    ET.SubElement(disk, "source", file=path)
    ET.SubElement(disk, "target", dev=target, bus="virtio")


def _pcie_root_ports(ceiling: Characteristics) -> int:
    """Each takes one device. Those that are attached while the machine runs need one that was free at its start."""
    return max(LEAST_PCIE_ROOT_PORTS, OWN_DEVICES + ceiling.ipv4_addresses)


def _console(devices: ET.Element, log: str) -> None:
    """A serial console whose output is kept, the guest agent's channel, entropy, and a balloon that stays full."""
    serial = ET.SubElement(devices, "serial", type="pty")
    ET.SubElement(serial, "log", file=log, append="on")
    ET.SubElement(serial, "target", port="0")
    channel = ET.SubElement(devices, "channel", type="unix")
    ET.SubElement(channel, "target", type="virtio", name=AGENT_CHANNEL)
    rng = ET.SubElement(devices, "rng", model="virtio")
    ET.SubElement(rng, "backend", model="random").text = "/dev/urandom"
    ET.SubElement(devices, "memballoon", model="virtio", autodeflate="off")


def _virtio_mem(devices: ET.Element, growth_gib: int) -> None:
    memory = ET.SubElement(devices, "memory", model="virtio-mem")
    target = ET.SubElement(memory, "target")
    ET.SubElement(target, "size", unit="GiB").text = str(growth_gib)
    ET.SubElement(target, "node").text = "0"
    ET.SubElement(target, "block", unit="MiB").text = str(VIRTIO_MEM_BLOCK_MIB)
    ET.SubElement(target, "requested", unit="MiB").text = "0"


def _text(domain: ET.Element) -> str:
    ET.indent(domain)
    return ET.tostring(domain, encoding="unicode")
