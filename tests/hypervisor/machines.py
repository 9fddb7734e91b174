"""Specifications of machines for the tests of the hypervisor."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from provider.commerce.catalogue import Characteristics
from provider.platform.hypervisor.port import Address, MachineSpec

CEILING = Characteristics(vcpus=16, memory_gib=64, disk_gib=2000, ipv4_addresses=4, bandwidth_mbits=10_000)
SMALL = Characteristics(vcpus=1, memory_gib=2, disk_gib=20, ipv4_addresses=1, bandwidth_mbits=100)


def address(ip: str) -> Address:
    """An address with a locally administered MAC that derives from it."""
    return Address(ip, "52:54:00:" + ":".join(f"{int(part):02x}" for part in ip.split(".")[1:]))


def machine_spec(name: str, *ips: str, **characteristics: int) -> MachineSpec:
    """A specification of a small machine with a new UUID; ``characteristics`` replace those of ``SMALL``."""
    return MachineSpec(
        uuid=str(uuid.uuid4()),
        name=name,
        os="debian-12",
        characteristics=SMALL.model_copy(update={**characteristics, "ipv4_addresses": len(ips)}),
        ceiling=CEILING,
        addresses=tuple(address(ip) for ip in ips),
        hostname=name,
        ssh_keys=("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample someone@example.org",),
    )


def improved(spec: MachineSpec, *ips: str, **characteristics: int) -> MachineSpec:
    """The specification with larger characteristics and, when named, these addresses."""
    addresses = tuple(address(ip) for ip in ips) or spec.addresses
    changes: dict[str, Any] = {**characteristics, "ipv4_addresses": len(addresses)}
    return replace(spec, characteristics=spec.characteristics.model_copy(update=changes), addresses=addresses)
