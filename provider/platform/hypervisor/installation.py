"""The volumes that a machine is installed from and on: its system's and its seed. Called by the host.

System volumes are numbered, ``<uuid>-system-1.qcow2`` first; each reinstallation takes the next number.
"""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import Any

import libvirt

from provider.platform.hypervisor.domain_xml import SYSTEM_DISK
from provider.platform.hypervisor.images import Images
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError, MachineSpec
from provider.platform.hypervisor.seed import seed_image
from provider.platform.hypervisor.volumes import GIB, Volumes

_BOOT_BYTES = 4 * 1024 * 1024
"""A firmware that finds no system reads some sectors; a kernel is larger."""


class Installation:
    """Makes and removes the volumes of machines in one pool."""

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes
        self._images = Images(volumes)

    def system(self, spec: MachineSpec, image: Any) -> str:
        """The path of the machine's system volume; the newest that is there, else a first one on the image."""
        there = self._numbers(spec.uuid)
        if there:
            return self._volumes.path(system_name(spec.uuid, max(there)))
        return self._overlay(spec.uuid, 1, image, spec.characteristics.disk_gib)

    def has_system(self, uuid: str) -> bool:
        """Whether there is a system volume of the machine."""
        return bool(self._numbers(uuid))

    def add_system(self, uuid: str, current: str, image: Any, size_gib: int) -> str:
        """A fresh volume beside the ``current`` one; what an attempt that was cut off left is removed first."""
        self.delete_other_systems(uuid, current)
        return self._overlay(uuid, _number(PurePosixPath(current).name) + 1, image, size_gib)

    def delete_other_systems(self, uuid: str, keep: str) -> None:
        """Delete the machine's system volumes except the one at the path ``keep``."""
        for number in self._numbers(uuid):
            name = system_name(uuid, number)
            if name != PurePosixPath(keep).name:
                self._volumes.delete(name)

    def seed(self, spec: MachineSpec) -> None:
        """Write the machine's seed unless it has one: it is for the installation."""
        if self._volumes.find(seed_name(spec.uuid)) is None:
            with seed_image(spec) as image:
                self._volumes.write(seed_name(spec.uuid), image)

    def replace_seed(self, spec: MachineSpec) -> None:
        self._volumes.delete(seed_name(spec.uuid))
        self.seed(spec)

    def _overlay(self, uuid: str, number: int, image: Any, size_gib: int) -> str:
        refuse_small_disk(image, size_gib)
        path = self._volumes.create_overlay(system_name(uuid, number), image, size_gib)
        if not self._images.may_be_used(image.name()):
            self._volumes.delete(system_name(uuid, number))
            raise HypervisorUnavailableError(
                f"The image {image.name()} was removed from the host while a machine was installed from it.",
                "Try again: an image that is there is used then.",
            )
        return path

    def _numbers(self, uuid: str) -> list[int]:
        prefix = f"{uuid}-system-"
        return [_number(name) for name in self._volumes.machine_volumes(uuid) if name.startswith(prefix)]


def boots(domain: Any, patience_seconds: float) -> bool:
    """Whether a machine that was just started reads more than a boot sector from its disk and keeps running."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if domain.state()[0] != libvirt.VIR_DOMAIN_RUNNING:
            return False
        if domain.blockStats(SYSTEM_DISK)[1] >= _BOOT_BYTES:
            return True
        time.sleep(0.5)
    return False


def refuse_small_disk(image: Any, size_gib: int) -> None:
    """Raise DeliveryImpossibleError when a disk cannot hold an image."""
    needs = -(-image.info()[1] // GIB)
    if needs > size_gib:
        raise DeliveryImpossibleError(
            f"The image {image.name()} needs a disk of {needs} GiB, and the machine has {size_gib} GiB."
        )


def system_name(uuid: str, number: int) -> str:
    return f"{uuid}-system-{number}.qcow2"


def seed_name(uuid: str) -> str:
    return f"{uuid}-seed.img"


def console_name(uuid: str) -> str:
    """The console's log is a file in the pool, so that it can be read from afar and goes with the machine."""
    return f"{uuid}-console.log"


def _number(name: str) -> int:
    return int(name.rpartition("-")[2].removesuffix(".qcow2"))
