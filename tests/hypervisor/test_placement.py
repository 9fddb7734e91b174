"""Which host a new server goes on: memory and disk are promised once, vCPUs are shared, room to grow is preferred."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.platform.hypervisor.placement import HostRoom, NoRoom, choose_host, lack, minus, plus
from provider.platform.hypervisor.port import Capacity

SERVER = Capacity(vcpus=2, memory_gib=4, disk_gib=40)
CEILING = Capacity(vcpus=16, memory_gib=64, disk_gib=2000)


def room(name: str, *, memory: int = 0, disk: int = 0, vcpus: int = 0, cpus: int = 8) -> HostRoom:
    """A host with 128 GiB and 4000 GiB, of which so much is bought."""
    return HostRoom(name, Capacity(cpus, 128, 4000), Capacity(vcpus, memory, disk))


def chosen(*rooms: HostRoom, wanted: Capacity = SERVER) -> str:
    found = choose_host(rooms, wanted, CEILING)
    assert isinstance(found, HostRoom), found
    return found.name


def test_a_host_without_memory_or_disk_is_passed_over() -> None:
    assert chosen(room("a", memory=125), room("b", disk=3961), room("c", memory=120)) == "c"


def test_a_host_whose_storage_is_full_sells_no_disk_whatever_was_promised_and_everything_else() -> None:
    full = replace(room("a"), is_full=True)
    assert chosen(full, room("b", vcpus=1000)) == "b"
    said = lack(full, SERVER)
    assert said is not None
    assert "its storage is full: less than 1 GiB of its 4000 GiB of disk is really free" in said
    assert lack(full, replace(SERVER, disk_gib=0)) is None


def test_what_just_fits_is_taken() -> None:
    assert chosen(room("a", memory=124, disk=3960)) == "a"


def test_vcpus_are_shared_without_end() -> None:
    assert chosen(room("a", vcpus=1000)) == "a"


def test_a_host_on_which_the_machine_can_grow_to_its_ceiling_is_preferred() -> None:
    assert chosen(room("a", memory=100), room("b", memory=60, vcpus=100)) == "b"
    assert chosen(room("a", memory=100)) == "a", "and none that has such room is no refusal"


def test_among_equals_the_one_whose_cpus_are_shared_by_the_fewest_then_the_most_memory_then_the_name() -> None:
    assert chosen(room("a", vcpus=8, cpus=8), room("b", vcpus=12, cpus=32)) == "b"
    assert chosen(room("a", memory=10), room("b", memory=5)) == "b"
    assert chosen(room("b"), room("a")) == "a"


def test_a_refusal_says_what_each_host_lacks() -> None:
    found = choose_host([room("a", memory=126), room("b", memory=128, disk=4000)], SERVER, CEILING)
    assert found == NoRoom(
        (
            "a: 4 GiB of memory are wanted and 2 of its 128 GiB are free",
            "b: 4 GiB of memory are wanted and 0 of its 128 GiB are free, and 40 GiB of disk are wanted and 0 of its "
            "4000 GiB are free",
        )
    )


@pytest.mark.parametrize("overfull", [128, 200])
def test_on_an_overfull_host_what_needs_nothing_more_of_it_is_not_refused(overfull: int) -> None:
    full = room("a", memory=overfull)
    assert lack(full, Capacity(vcpus=4, memory_gib=0, disk_gib=10)) is None
    assert lack(full, Capacity(0, 1, 0)) == "a: 1 GiB of memory are wanted and 0 of its 128 GiB are free"


CAPACITIES = st.builds(
    Capacity, vcpus=st.integers(1, 64), memory_gib=st.integers(1, 64), disk_gib=st.integers(10, 2000)
)


@given(totals=st.lists(CAPACITIES, min_size=1, max_size=4), wanted=st.lists(CAPACITIES, max_size=20))
def test_whatever_is_ordered_no_host_promises_more_memory_or_disk_than_it_has(
    totals: list[Capacity], wanted: list[Capacity]
) -> None:
    rooms = {f"host-{n}": HostRoom(f"host-{n}", total, Capacity(0, 0, 0)) for n, total in enumerate(totals)}
    for server in wanted:
        found = choose_host(list(rooms.values()), server, CEILING)
        if isinstance(found, NoRoom):
            assert len(found.lacks) == len(rooms)
            continue
        rooms[found.name] = replace(found, reserved=plus(found.reserved, server))
    for host in rooms.values():
        free = minus(host.total, host.reserved)
        assert free.memory_gib >= 0
        assert free.disk_gib >= 0
