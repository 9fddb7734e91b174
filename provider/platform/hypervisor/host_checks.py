"""The part of the checks that asks a connected host with QEMU. Called by ``checks`` once libvirt answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import libvirt

from provider.platform.hypervisor.check import Check, good, limited, missing, version
from provider.platform.hypervisor.connection import LibvirtConnection, translated
from provider.platform.hypervisor.domain_xml import NETWORK
from provider.platform.hypervisor.facts import HostFacts
from provider.platform.hypervisor.images import Images
from provider.platform.hypervisor.network import MachineNetwork
from provider.platform.hypervisor.probe import bandwidth_works, kvm_boots
from provider.platform.hypervisor.remedy import INSTALL_DAEMON
from provider.platform.hypervisor.volumes import GIB, POOL, POOL_PATH, Volumes


def host_checks(uri: str, home: Path | None, os_ids: Sequence[str]) -> Iterator[Check]:
    """QEMU, pool, network, images, KVM and bandwidth of the host behind ``uri``."""
    connection = LibvirtConnection(uri)
    volumes, facts = Volumes(connection), HostFacts(connection, home)
    with translated("be looked at", uri):
        yield _qemu(connection)
        yield _pool(volumes)
        yield _network(MachineNetwork(connection))
        images = [os for os in os_ids if Images(volumes).newest(os) is not None]
        if os_ids:
            yield _images(images, os_ids)
        yield _acceleration(connection, volumes, facts, images)
        yield _bandwidth(connection, facts)
    connection.close()


def _qemu(connection: LibvirtConnection) -> Check:
    handle = connection.handle()
    try:
        handle.getDomainCapabilities(None, "x86_64", "q35", "qemu")
    except libvirt.libvirtError as error:
        return missing("QEMU", str(error), f"sudo {INSTALL_DAEMON}")
    return good("QEMU", f"Version {version(handle.getVersion())}.")


def _pool(volumes: Volumes) -> Check:
    if volumes.find_pool() is None:
        return good("storage pool", f'"{POOL}" is made with the first machine, in {POOL_PATH}.')
    folder = volumes.path("").rstrip("/")
    if volumes.free_bytes() < GIB:
        return missing(
            "storage pool",
            f'"{POOL}" is full: less than 1 GiB is left. New servers and more disk are refused, and machines stop.',
            f"Make room in {folder}, or give it a larger file system.",
        )
    return good("storage pool", f'"{POOL}" is there, in {folder}.')


def _network(network: MachineNetwork) -> Check:
    if network.find() is None:
        return good("network", f'"{NETWORK}" is made with the first machine.')
    return good("network", f'"{NETWORK}" has {network.subnet()}.')


def _images(there: Sequence[str], os_ids: Sequence[str]) -> Check:
    absent = [os for os in os_ids if os not in there]
    if not absent:
        return good("images", f"There is one of each system: {', '.join(there)}.")
    remedy = (
        f"`qualit images import {absent[0]} FILE` with a bootable qcow2 file of the distribution, or a small demo "
        f"guest in its place: `qualit images build-demo {absent[0]}`."
    )
    if not there:
        return missing("images", "There is none.", remedy)
    return limited("images", f"There are images of {', '.join(there)}, none of {', '.join(absent)}.", remedy)


def _acceleration(connection: LibvirtConnection, volumes: Volumes, facts: HostFacts, images: Sequence[str]) -> Check:
    if facts.known("kvm") is None and not images:
        return limited("KVM", "Whether guests boot with it is tried with the first machine.")
    if facts.find_out("kvm", lambda: kvm_boots(connection, volumes, Images(volumes).newest(images[0]))):
        return good("KVM", "Guests boot with it.")
    return limited("KVM", "No guest boots with it here: machines are emulated (TCG), several times slower.")


def _bandwidth(connection: LibvirtConnection, facts: HostFacts) -> Check:
    if facts.find_out("bandwidth", lambda: bandwidth_works(connection)):
        return good("bandwidth", "The host limits interfaces to what was bought.")
    return limited("bandwidth", "The host's kernel cannot limit it: machines have what the host has.")
