"""On which host a new server goes, and whether a host has room for more. Pure; ``room`` calls it with the facts.

Memory and disk are promised once: what all servers on a host have bought is never more than it has. vCPUs are shared.
What a machine may grow to (its ceiling) is not promised to anybody: it is bought first, and refused then where there
is no room. It only makes a host with room for it the better one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from provider.platform.hypervisor.port import Capacity

NOTHING = Capacity(0, 0, 0)
PROMISED = {"memory_gib": "memory", "disk_gib": "disk"}
"""What is never promised twice, and what it is called."""


@dataclass(frozen=True, slots=True)
class HostRoom:
    """A host, what it has in all, and what the servers on it have bought of that. One that ``is_full`` has no disk left
    in fact, whoever took it: disks take room as they are filled."""

    name: str
    total: Capacity
    reserved: Capacity
    is_full: bool = False

    @property
    def free_memory_gib(self) -> int:
        return self.total.memory_gib - self.reserved.memory_gib


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Why no host takes it: what each of them lacks, in words."""

    lacks: tuple[str, ...]


def choose_host(rooms: Sequence[HostRoom], wanted: Capacity, ceiling: Capacity) -> HostRoom | NoRoom:
    """The host for a new server that has ``wanted`` and may grow to ``ceiling``.

    Of those with room: one on which it can grow as far as it may, then the one whose CPUs are shared by the fewest,
    then the one with the most free memory; the same facts give the same host.
    """
    fitting = [room for room in rooms if lack(room, wanted) is None]
    if not fitting:
        return NoRoom(tuple(said for room in rooms if (said := lack(room, wanted)) is not None))
    return min(
        fitting,
        key=lambda room: (
            lack(room, ceiling) is not None,
            (room.reserved.vcpus + wanted.vcpus) / max(1, room.total.vcpus),
            -room.free_memory_gib,
            room.name,
        ),
    )


def lack(room: HostRoom, more: Capacity) -> str | None:
    """What a host lacks for ``more``; None when it has room. What nothing more is wanted of is not asked for."""
    lacks = []
    for name, word in PROMISED.items():
        wanted, total = getattr(more, name), getattr(room.total, name)
        free = max(0, total - getattr(room.reserved, name))
        if name == "disk_gib" and wanted > 0 and room.is_full:
            lacks.append(f"its storage is full: less than 1 GiB of its {total} GiB of disk is really free")
        elif 0 < wanted > free:
            lacks.append(f"{wanted} GiB of {word} are wanted and {free} of its {total} GiB are free")
    return f"{room.name}: {', and '.join(lacks)}" if lacks else None


def plus(one: Capacity, other: Capacity) -> Capacity:
    return Capacity(*(getattr(one, part.name) + getattr(other, part.name) for part in fields(Capacity)))


def minus(one: Capacity, other: Capacity) -> Capacity:
    return Capacity(*(getattr(one, part.name) - getattr(other, part.name) for part in fields(Capacity)))
