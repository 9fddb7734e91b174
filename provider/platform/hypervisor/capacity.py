"""What a host has in all for machines, and what is left of its disk. Called by the host.

libvirt's errors pass through, to be translated by the caller.
"""

from __future__ import annotations

import libvirt

from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.port import Capacity, DeliveryImpossibleError, MachineSpec
from provider.platform.hypervisor.volumes import GIB, Volumes

HOST_MEMORY_GIB = 1
"""What is kept from machines for the host itself."""


class HostCapacity:
    """The capacity of one host."""

    def __init__(self, connection: LibvirtConnection, volumes: Volumes) -> None:
        self._connection = connection
        self._volumes = volumes

    def total(self) -> Capacity:
        """What there is for machines, however much of it is promised already."""
        vcpus = int(self._connection.handle().getInfo()[2])
        return Capacity(vcpus, max(0, self._memory_gib() - HOST_MEMORY_GIB), self._volumes.capacity_gib())

    def free_disk_gib(self) -> int:
        """What is really left in the pool, in whole GiB."""
        return self._volumes.free_bytes() // GIB

    def refuse_beyond(self, spec: MachineSpec) -> None:
        """One machine that is larger than the whole host can never be delivered on it.

        Raises:
            DeliveryImpossibleError: it is.
        """
        for what, wanted, there_is in (
            ("memory", spec.characteristics.memory_gib, self._memory_gib()),
            ("disk", spec.characteristics.disk_gib, self._volumes.capacity_gib()),
        ):
            if wanted > there_is:
                raise DeliveryImpossibleError(
                    f'The machine "{spec.name}" is to have {wanted} GiB of {what}, and the host '
                    f"{self._connection.handle().getHostname()} has {there_is} GiB in all."
                )

    def _memory_gib(self) -> int:
        # Not getInfo, which was seen to report half of it.
        stats = self._connection.handle().getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS)
        return int(stats["total"]) // 1024**2
