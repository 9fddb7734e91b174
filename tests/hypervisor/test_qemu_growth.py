"""How a real machine grows: in which order, in both of its definitions, and each step once (C1, N3)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import libvirt
import pytest

from provider.platform.hypervisor import libvirt_host
from provider.platform.hypervisor.domain_state import read_domain
from provider.platform.hypervisor.domain_xml import domain_name
from provider.platform.hypervisor.domains import find_domain
from provider.platform.hypervisor.growth import grow
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import MachineSpec
from tests.hypervisor.conftest import URI, Guest
from tests.hypervisor.machines import improved
from tests.hypervisor.test_qemu import another_address, virsh

pytestmark = pytest.mark.qemu
MakeSpec = Callable[..., MachineSpec]
CHANGING = ("attachDeviceFlags", "setInterfaceParameters", "updateDeviceFlags", "setVcpusFlags", "blockResize")
DISK = ("blockResize", libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
"""Announced each time, as the volume may have grown while the machine slept; and always last."""
LIVE, PERSISTENT = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG


Calls = list[tuple[str, int]]


class Recorded:
    """A real domain that remembers which changes were asked of it, and refuses one kind of them if it is told to."""

    refuses = ""

    def __init__(self, domain: Any, calls: Calls) -> None:
        self._domain, self._calls = domain, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._domain, name)
        if name not in CHANGING:
            return method

        def call(*arguments: Any) -> Any:
            self._calls.append((name, arguments[-1]))
            if name == self.refuses:
                raise libvirt.libvirtError("the guest does not take it")
            return method(*arguments)

        return call


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The changes that are asked of any domain from now on."""
    made: Calls = []
    monkeypatch.setattr(libvirt_host, "find_domain", lambda handle, uuid: _recorded(find_domain(handle, uuid), made))
    return made


def _recorded(domain: Any, calls: Calls) -> Any:
    return domain and Recorded(domain, calls)


def definitions(spec: MachineSpec) -> list[tuple[object, ...]]:
    """What the live and the persistent definition say of everything that grows."""
    found: list[tuple[object, ...]] = []
    for flags in ((), ("--inactive",)):
        xml = virsh("dumpxml", domain_name(spec), *flags)
        state = read_domain(xml)
        assert state is not None
        slots = [ET.tostring(slot) for slot in ET.fromstring(xml).findall("devices/interface/address")]  # noqa: S314
        found.append((state.vcpus, state.memory_gib, state.limits_mbits, slots, state.system_disk))
    return found


def test_c1_after_each_kind_of_change_both_definitions_agree_and_nothing_is_done_twice(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec, calls: Calls
) -> None:
    spec = qemu_spec("agree")
    qemu_host.ensure(spec)
    more = replace(improved(spec, memory_gib=3), addresses=(*spec.addresses, another_address(spec)))
    kinds: list[tuple[MachineSpec, list[tuple[str, int]]]] = [
        (improved(spec, vcpus=2), [("setVcpusFlags", LIVE), ("setVcpusFlags", PERSISTENT)]),
        (improved(spec, memory_gib=3), [("updateDeviceFlags", LIVE), ("updateDeviceFlags", PERSISTENT)]),
        (more, [("attachDeviceFlags", LIVE), ("attachDeviceFlags", PERSISTENT)]),
        (improved(spec, disk_gib=30), []),
        (
            replace(improved(more, vcpus=3, memory_gib=4, disk_gib=31), addresses=more.addresses),
            [
                ("updateDeviceFlags", LIVE),
                ("updateDeviceFlags", PERSISTENT),
                ("setVcpusFlags", LIVE),
                ("setVcpusFlags", PERSISTENT),
            ],
        ),
    ]
    for wanted, changes in kinds:
        calls.clear()
        qemu_host.ensure(wanted)
        assert calls == [*changes, DISK]
        live, persistent = definitions(spec)
        assert live == persistent
        calls.clear()
        qemu_host.ensure(wanted)
        assert calls == [DISK]
    machine = qemu_host.observe(spec.uuid)
    assert machine is not None
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib, machine.ipv4_addresses) == (3, 4, 31, 2)
    qemu_host.delete(spec.uuid, more.addresses)


def test_n3_what_the_machine_refuses_leaves_what_cannot_be_undone_alone_and_its_next_start_as_it_was(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = qemu_spec("refuses")
    qemu_host.ensure(spec)
    before = definitions(spec)
    calls.clear()
    monkeypatch.setattr(Recorded, "refuses", "updateDeviceFlags")
    with pytest.raises(Exception, match="could not bring machine"):
        qemu_host.ensure(improved(spec, vcpus=2, memory_gib=3, disk_gib=30))
    assert calls == [("updateDeviceFlags", LIVE)]
    assert definitions(spec) == before
    machine = qemu_host.observe(spec.uuid)
    assert machine is not None
    assert machine.disk_gib == 20


def test_c1_the_bandwidth_of_a_sleeping_machine_is_limited_in_its_definition_and_never_lowered(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    """A running one cannot be limited where the kernel lacks the traffic classes; a definition can everywhere."""
    spec = qemu_spec("narrow")
    qemu_host.ensure(spec)
    qemu_host.set_power(spec, "sleeping")
    connection = libvirt.open(URI)
    domain = connection.lookupByUUIDString(spec.uuid)
    for mbits, limited in ((100, 100), (500, 500), (200, 500)):
        grow(domain, improved(spec, bandwidth_mbits=mbits), bandwidth=True)
        machine = qemu_host.observe(spec.uuid)
        assert machine is not None
        assert machine.bandwidth_mbits == limited
    connection.close()


def test_s2_a_machine_with_room_for_more_addresses_than_the_offers_have_starts(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("ports")
    spec = replace(spec, ceiling=spec.ceiling.model_copy(update={"ipv4_addresses": 48}))
    assert qemu_host.ensure(spec).ceiling.ipv4_addresses == 48
    Guest(qemu_host, spec).says(lambda report: report.addresses == {spec.addresses[0].ip})
