"""The hypervisor port: one host that runs machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from provider.backend.port import PowerCause, PowerState, SeenPowerState
from provider.commerce.catalogue import Characteristics
from provider.commerce.policy import MachineFault


class HypervisorUnavailableError(Exception):
    """The host cannot be reached or a call got no answer; what it did is unknown. Try again. ``remedy`` says how."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class HostFailedError(HypervisorUnavailableError):
    """The host answered that it failed. It may succeed in a moment; if it keeps failing, it is as good as a no."""


class DeliveryImpossibleError(Exception):
    """The host said no for good: no image of that system, no room, a change that the machine cannot take."""


class DiskLostError(DeliveryImpossibleError):
    """The disk of a machine is not on its host any more. No new, empty one is ever put in its place."""


class UnlistedHostError(HypervisorUnavailableError):
    """A machine is recorded on a host that is not in the list of hosts."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a host has in all, or a part of it. Memory and disk in GiB."""

    vcpus: int
    memory_gib: int
    disk_gib: int


@dataclass(frozen=True, slots=True)
class Address:
    """An IPv4 address with the MAC of the interface that holds its lease."""

    ip: str
    mac: str


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """The target that a machine is brought to, always forward: nothing in it is ever less than before.

    ``characteristics`` are in total. ``ceiling`` is the room for growth that is fixed when the machine boots
    (its ``disk_gib`` and ``bandwidth_mbits`` bound nothing). ``addresses`` has one entry per interface. ``login`` is
    the account of its system that the keys are for. A machine that is ``installed`` has a disk, and gets no new one.
    """

    uuid: str
    name: str
    os: str
    characteristics: Characteristics
    ceiling: Characteristics
    addresses: tuple[Address, ...]
    hostname: str
    ssh_keys: tuple[str, ...] = ()
    login: str = "root"
    user_data: str | None = field(default=None, repr=False)
    installed: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as it is on the host now. ``bandwidth_mbits`` is 0 where the host cannot limit it, ``disk_gib`` where
    the disk is gone. ``power_cause`` is why it is in its power state, where the host knows.

    ``guest_agent`` is false where a guest runs without an agent that could be asked to change something inside.
    ``keys_wait`` is true while the guest is not known to have the keys that were to be placed in it.
    """

    uuid: str
    power_state: SeenPowerState
    vcpus: int
    memory_gib: int
    disk_gib: int
    ipv4_addresses: int
    bandwidth_mbits: int
    ceiling: Characteristics
    power_cause: PowerCause | None = None
    fault: MachineFault | None = None
    guest_agent: bool = field(default=True, compare=False)
    """It comes and goes without a change of the machine, which is the same with it and without."""
    keys_wait: bool = False


class Hypervisor(Protocol):
    """One host. Every method looks first, so that calling it again is safe.

    Each raises HypervisorUnavailableError or DeliveryImpossibleError.
    """

    @property
    def host(self) -> str:
        """The host's name, as shown to people."""
        ...

    def check(self, os: str | None, disk_gib: int | None = None) -> None:
        """Raise unless the host answers and, when a system is named, has its image, on a disk of that size."""
        ...

    def capacity(self) -> Capacity:
        """What the host has for machines in all, however much of it is promised already."""
        ...

    def free_disk_gib(self) -> int:
        """What is really left for disks, which take room as they are filled."""
        ...

    def has_disk(self, uuid: str) -> bool:
        """Whether the disk of a machine is there, also of one that the host has forgotten."""
        ...

    def addresses_in_use(self) -> frozenset[str]:
        """The addresses that the host's network has reserved, for whichever account."""
        ...

    def subnet(self) -> str:
        """The network that addresses are taken from, such as ``10.69.0.0/16``."""
        ...

    def ensure(self, spec: MachineSpec) -> Machine:
        """Create the machine or improve it in place until it is what ``spec`` says. A new one is started, and one
        that the host had forgotten is started from its disk.

        Raises:
            DiskLostError: it was installed, and its disk is gone.
        """
        ...

    def observe(self, uuid: str) -> Machine | None:
        """The machine as it is; None when there is none."""
        ...

    def set_power(self, spec: MachineSpec, state: PowerState) -> Machine:
        """Bring the machine to a power state: managed save, shutdown (forced after a time) or start.

        One that is paused goes on before anything else.
        """
        ...

    def reinstall(self, spec: MachineSpec) -> Machine:
        """Replace the system disk by a fresh one of ``spec.os`` of the same size; identity and addresses stay."""
        ...

    def renew_seed(self, spec: MachineSpec) -> None:
        """Let the installed system find its present name and keys where it looks for them when it starts."""
        ...

    def place_keys(self, spec: MachineSpec) -> str | None:
        """Let the keys of ``spec`` log in to the running guest, and those no more that were placed before and are not
        wanted. None when it is done, else why not: a guest that refuses raises nothing."""
        ...

    def delete(self, uuid: str, addresses: Sequence[Address]) -> None:
        """Stop the machine, delete its definition, volumes and leases. Nothing to do is success."""
        ...
