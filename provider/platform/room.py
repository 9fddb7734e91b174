"""Room for what is bought: looked up on the hosts before anything is ordered, taken in the transaction that orders it.

Called by what places orders and by what puts a server on a contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from provider.backend.port import RefusedError, UnavailableError
from provider.commerce.catalogue import Catalogue, Characteristics
from provider.commerce.policy import what_a_lost_disk_means
from provider.platform import machines
from provider.platform.context import Platform
from provider.platform.hypervisor.placement import HostRoom, NoRoom, choose_host, lack, minus
from provider.platform.hypervisor.port import Capacity, Hypervisor
from provider.platform.records.addresses import AddressPool
from provider.platform.records.reserved import capacity_of, reserved
from provider.platform.records.servers import Server


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host that could take a server, as it was when it was asked."""

    name: str
    capacity: Capacity
    pool: AddressPool
    is_full: bool = False


def candidates(platform: Platform, os: str | None, disk_gib: int | None = None) -> Sequence[Candidate]:
    """The hosts that a new server of a system could go on.

    Raises:
        HypervisorUnavailableError, DeliveryImpossibleError: none answers and has the image.
    """
    return [_candidate(hypervisor) for hypervisor in platform.hosts.able(os, disk_gib)]


def candidate_of(platform: Platform, server: Server, os: str | None, *, for_disk: bool = True) -> Candidate:
    """The host of a server, which is to have the image of ``os`` if one is named; ``for_disk`` if it may need disk.

    Raises:
        HypervisorUnavailableError, DeliveryImpossibleError: it does not answer, or has no image.
        RefusedError: the server's disk is lost.
    """
    hypervisor = platform.hypervisor_of(server)
    hypervisor.check(os)
    if server.installed_os is not None and not hypervisor.has_disk(server.machine_uuid):
        what = what_a_lost_disk_means(server.name, platform.catalogue.contact)
        raise RefusedError(f"The disk of {server.name} is lost", f"{what} Nothing was ordered.", rule="N4")
    return _candidate(hypervisor, for_disk=for_disk)


def take_for_new(
    connection: Connection, catalogue: Catalogue, asked: Sequence[Candidate], wanted: Characteristics
) -> Candidate:
    """The host for a new server. Recording the server on it, in the same transaction, is what reserves its room.

    Raises:
        UnavailableError: no host has room.
    """
    ceiling = machines.growth_ceiling(catalogue, wanted)
    chosen = choose_host(_rooms(connection, asked), capacity_of(wanted), capacity_of(ceiling))
    if isinstance(chosen, NoRoom):
        raise _no_capacity("A new server finds no room", "; ".join(chosen.lacks))
    return next(candidate for candidate in asked if candidate.name == chosen.name)


def check_growth(
    connection: Connection, on: Candidate, server: Server, before: Characteristics, after: Characteristics
) -> None:
    """Whether the host of a server has room for an improvement. Recording its order, in the same transaction, is what
    reserves it.

    Raises:
        UnavailableError: it has not.
    """
    (room,) = _rooms(connection, [on])
    lacks = lack(room, minus(capacity_of(after), capacity_of(before)))
    if lacks is not None:
        raise _no_capacity(f"The host of {server.name} has no room for it to grow", lacks)


def _candidate(hypervisor: Hypervisor, *, for_disk: bool = True) -> Candidate:
    is_full = for_disk and hypervisor.free_disk_gib() < 1
    return Candidate(hypervisor.host, hypervisor.capacity(), machines.address_pool(hypervisor), is_full)


def _rooms(connection: Connection, asked: Sequence[Candidate]) -> list[HostRoom]:
    taken = reserved(connection)
    return [HostRoom(one.name, one.capacity, taken[one.name], one.is_full) for one in asked]


def _no_capacity(what: str, lacks: str) -> UnavailableError:
    return UnavailableError(
        "No capacity",
        f"{what}: {lacks}. Nothing was ordered. Choose less, or end a server that is not needed; the team adds hosts.",
    )
