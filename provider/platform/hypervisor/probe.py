"""Try whether a host boots guests with KVM and whether it can limit bandwidth. Called by the host and the checks.

A device file alone proves nothing: there are hosts with ``/dev/kvm`` on which no guest starts.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import libvirt

from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.volumes import Volumes

_BOOT_SECONDS = 20.0
_SIGNS_OF_A_KERNEL = (b"Linux version", b"Copyright (c) 1992", b"login:")
"""What the console shows when a kernel runs: Linux, FreeBSD, or any that is already up."""


def kvm_boots(connection: LibvirtConnection, volumes: Volumes, image: Any) -> bool:
    """Whether the image in a volume starts with KVM: a throw-away guest without a network boots it for some seconds."""
    handle = connection.handle()
    try:
        handle.getDomainCapabilities(None, "x86_64", "q35", "kvm")
    except libvirt.libvirtError:
        return False
    name = f"qualit-probe-{uuid.uuid4().hex[:8]}"
    disk = volumes.create_overlay(f"{name}.qcow2", image, -(-image.info()[1] // 1024**3))
    log = f"{name}.log"
    try:
        domain = handle.createXML(_probe_xml(name, disk, volumes.path(log)), libvirt.VIR_DOMAIN_START_AUTODESTROY)
        try:
            return _shows_a_kernel(domain, volumes, log)
        finally:
            _destroy(domain)
    except libvirt.libvirtError:
        return False
    finally:
        volumes.delete(f"{name}.qcow2")
        volumes.delete(log)


def bandwidth_works(connection: LibvirtConnection) -> bool:
    """Whether the host's kernel can limit an interface: tried on a bridge that lives for a moment."""
    name = f"qualit-{uuid.uuid4().hex[:6]}"
    xml = (
        f"<network><name>{name}</name><bridge name='{name}' stp='off'/>"
        "<bandwidth><inbound average='1000'/><outbound average='1000'/></bandwidth></network>"
    )
    try:
        network = connection.handle().networkCreateXML(xml)
    except libvirt.libvirtError:
        return False
    network.destroy()
    return True


def _shows_a_kernel(domain: Any, volumes: Volumes, log: str) -> bool:
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline:
        if domain.state()[0] != libvirt.VIR_DOMAIN_RUNNING:
            return False  # QEMU pauses a guest whose first instruction KVM cannot run
        if any(sign in volumes.read(log) for sign in _SIGNS_OF_A_KERNEL):
            return True
        time.sleep(0.5)
    return False


def _destroy(domain: Any) -> None:
    try:
        domain.destroy()
    except libvirt.libvirtError:
        return  # it is gone already


def _probe_xml(name: str, disk: str, log: str) -> str:
    return (
        f"<domain type='kvm'><name>{name}</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/><apic/></features>"
        "<cpu mode='host-model'/><on_reboot>destroy</on_reboot><devices>"
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{disk}'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        f"<serial type='pty'><log file='{log}'/><target port='0'/></serial>"
        "<memballoon model='none'/></devices></domain>"
    )
