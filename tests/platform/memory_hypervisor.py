"""A host in memory, behind the hypervisor port: it keeps machines as a real one would, and can be told to fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from provider.backend.port import PowerState
from provider.commerce.contract import CHARACTERISTIC
from provider.platform.hypervisor.port import (
    Address,
    Capacity,
    DeliveryImpossibleError,
    DiskLostError,
    HostFailedError,
    HypervisorUnavailableError,
    Machine,
    MachineSpec,
)


class MemoryHypervisor:
    """``down`` makes every call fail for now, ``impossible`` makes every change fail for good."""

    def __init__(self, host: str = "memory") -> None:
        self.host = host
        self.has = Capacity(vcpus=1000, memory_gib=10_000, disk_gib=100_000)
        self.machines: dict[str, Machine] = {}
        self.specs: dict[str, MachineSpec] = {}
        self.leases: set[str] = {"10.69.0.1"}
        self.reinstalled: list[MachineSpec] = []
        self.down = False
        self.down_after_change = False
        self.down_after_power = False
        self.switched: list[PowerState] = []
        self.impossible: str | None = None
        self.fails: list[str] = []
        """What it fails with at its next changes, one each."""
        self.short_of: str | None = None
        self.free_gib = 100_000
        self.disks: set[str] = set()
        self.network = "10.69.0.0/16"
        self._lock = threading.Lock()

    def check(self, os: str | None, disk_gib: int | None = None) -> None:
        self._answer()

    def capacity(self) -> Capacity:
        self._answer()
        return self.has

    def free_disk_gib(self) -> int:
        self._answer()
        return self.free_gib

    def has_disk(self, uuid: str) -> bool:
        self._answer()
        return uuid in self.disks

    def addresses_in_use(self) -> frozenset[str]:
        self._answer()
        return frozenset(self.leases)

    def subnet(self) -> str:
        return self.network

    def ensure(self, spec: MachineSpec) -> Machine:
        self._answer()
        if self.impossible:
            raise DeliveryImpossibleError(self.impossible)
        if self.fails:
            raise HostFailedError(self.fails.pop(), "Look at its log.")
        with self._lock:
            if spec.installed and spec.uuid not in self.disks:
                raise DiskLostError("its disk is not in the pool")
            self.disks.add(spec.uuid)
            before = self.machines.get(spec.uuid)
            has = {name: getattr(spec.characteristics, name) for name in CHARACTERISTIC.values()}
            if before is not None:
                has = {name: max(value, getattr(before, name)) for name, value in has.items()}
            ceiling = spec.ceiling if before is None or before.power_state == "off" else before.ceiling
            for name in ("vcpus", "memory_gib", "ipv4_addresses"):
                if has[name] > getattr(ceiling, name):
                    raise DeliveryImpossibleError(f"the machine has room for {getattr(ceiling, name)} {name}")
            if self.short_of:
                has[self.short_of] -= 1
            machine = Machine(
                uuid=spec.uuid,
                power_state=before.power_state if before else "running",
                ceiling=ceiling,
                fault=before.fault if before and before.fault == "paused" else None,
                **has,
            )
            self.machines[spec.uuid], self.specs[spec.uuid] = machine, spec
            self.leases |= {address.ip for address in spec.addresses}
        if self.down_after_change:
            raise HypervisorUnavailableError("the connection broke", "Start it.")
        return machine

    def observe(self, uuid: str) -> Machine | None:
        self._answer()
        return self.machines.get(uuid)

    def set_power(self, spec: MachineSpec, state: PowerState) -> Machine:
        if state != "off":
            self.ensure(spec)
        self._answer()
        machine = self.machines[spec.uuid]
        if (machine.power_state == "off") != (state == "off"):
            self.switched.append(state)
        self.machines[spec.uuid] = replace(machine, power_state=state, fault=None)
        if self.down_after_power:
            raise HypervisorUnavailableError("the connection broke", "Start it.")
        return self.machines[spec.uuid]

    def reinstall(self, spec: MachineSpec) -> Machine:
        self._answer()
        self.reinstalled.append(spec)
        return self.machines[spec.uuid]

    def delete(self, uuid: str, addresses: Sequence[Address]) -> None:
        self._answer()
        self.machines.pop(uuid, None)
        self.disks.discard(uuid)
        self.leases -= {address.ip for address in addresses}

    def lose_machines(self) -> None:
        """Forget every machine, and its disk."""
        self.machines.clear()
        self.disks.clear()

    def _answer(self) -> None:
        if self.down:
            raise HypervisorUnavailableError("it does not answer", "Start it.")
