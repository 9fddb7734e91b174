"""Machines that really run: what was bought is seen from inside the guest, and that it did not restart for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import libvirt
import pytest

from provider.platform.hypervisor.domain_xml import domain_name
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import Address, DeliveryImpossibleError, MachineSpec
from provider.platform.hypervisor.volumes import POOL
from tests.hypervisor.conftest import BROKEN_SYSTEM, OTHER_SYSTEM, URI, Guest
from tests.hypervisor.machines import CEILING, improved

pytestmark = pytest.mark.qemu
MakeSpec = Callable[..., MachineSpec]
GIB = 1024**3
KIB_PER_GIB = 1024**2


def virsh(*words: str) -> str:
    return subprocess.run(["virsh", "-c", URI, *words], capture_output=True, text=True, check=True).stdout.strip()


def another_address(spec: MachineSpec) -> Address:
    """The address after the machine's own."""
    first = spec.addresses[0]
    prefix, _, last = first.ip.rpartition(".")
    return Address(f"{prefix}.{int(last) + 100 - 1}", f"{first.mac[:-2]}fe")


def test_c1_a_running_machine_is_improved_in_everything_without_a_restart(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec, tmp_path: Path
) -> None:
    spec = qemu_spec("grow")
    machine = qemu_host.ensure(spec)
    assert (machine.power_state, machine.vcpus, machine.memory_gib, machine.disk_gib) == ("running", 1, 2, 20)
    assert machine.ceiling == CEILING
    guest = Guest(qemu_host, spec)
    first = guest.says(lambda report: bool(report.addresses))
    assert first.addresses == {spec.addresses[0].ip}
    assert (first.host, first.cpus, first.disk_bytes) == ("grow", 1, 20 * GIB)
    domid = virsh("domid", domain_name(spec))
    definition = tmp_path / "domain.xml"
    definition.write_text(virsh("dumpxml", domain_name(spec)))
    subprocess.run(["virt-xml-validate", str(definition), "domain"], check=True)

    extra = another_address(spec)
    better = improved(spec, vcpus=4, memory_gib=5, disk_gib=80, bandwidth_mbits=500)
    better = replace(better, addresses=(*spec.addresses, extra))
    assert qemu_host.ensure(better) == qemu_host.ensure(better)
    machine = qemu_host.ensure(better)
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib, machine.ipv4_addresses) == (4, 5, 80, 2)
    after = guest.says(
        lambda report: (
            report.cpus == 4
            and report.memory_kib >= first.memory_kib + 3 * KIB_PER_GIB
            and report.disk_bytes == 80 * GIB
            and report.addresses == {spec.addresses[0].ip, extra.ip}
        )
    )
    assert after.boot == first.boot
    assert virsh("domid", domain_name(spec)) == domid
    assert virsh("vcpucount", domain_name(spec), "--current", "--config") == "4"
    assert virsh("vcpucount", domain_name(spec), "--current", "--live") == "4"

    with pytest.raises(DeliveryImpossibleError, match="room for 16 vCPUs"):
        qemu_host.ensure(improved(better, vcpus=17))
    smaller = qemu_host.ensure(spec)
    assert (smaller.vcpus, smaller.memory_gib, smaller.disk_gib) == (4, 5, 80), "nothing that is there is taken (N3)"
    qemu_host.delete(better.uuid, better.addresses)


def test_s7_a_machine_sleeps_wakes_goes_off_and_on_and_is_improved_meanwhile(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("rest")
    qemu_host.ensure(spec)
    guest = Guest(qemu_host, spec)
    first = guest.says(lambda report: bool(report.addresses))

    assert qemu_host.set_power(spec, "sleeping").power_state == "sleeping"
    better = improved(spec, vcpus=2, memory_gib=3, disk_gib=30)
    machine = qemu_host.ensure(better)
    assert machine.power_state == "sleeping"
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (2, 3, 30)
    assert qemu_host.set_power(better, "running").power_state == "running"
    woken = guest.says(
        lambda report: (
            report.cpus == 2 and report.memory_kib >= first.memory_kib + KIB_PER_GIB and report.disk_bytes == 30 * GIB
        )
    )
    assert woken.boot == first.boot

    assert qemu_host.set_power(better, "off").power_state == "off"
    best = improved(better, vcpus=3, memory_gib=4, disk_gib=40)
    machine = qemu_host.ensure(best)
    assert (machine.power_state, machine.vcpus, machine.memory_gib, machine.disk_gib) == ("off", 3, 4, 40)
    assert qemu_host.set_power(best, "running").power_state == "running"
    restarted = guest.says(lambda report: report.boot != first.boot and bool(report.addresses))
    assert (restarted.cpus, restarted.disk_bytes) == (3, 40 * GIB)
    assert restarted.memory_kib >= 4 * KIB_PER_GIB * 95 // 100, "the kernel keeps a part of what it boots with"
    assert restarted.addresses == first.addresses


def test_a_guest_that_listens_is_shut_down_and_not_just_stopped(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = qemu_spec("polite")
    qemu_host.ensure(spec)
    Guest(qemu_host, spec).says(lambda report: True)
    assert qemu_host.set_power(spec, "off").power_state == "off"
    assert "Power down" in qemu_host.console(spec.uuid)


def test_c7_a_reinstalled_machine_has_a_fresh_disk_its_address_and_its_size(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("again")
    qemu_host.ensure(spec)
    guest = Guest(qemu_host, spec)
    first = guest.says(lambda report: bool(report.addresses))
    other = replace(spec, os=OTHER_SYSTEM)
    machine = qemu_host.reinstall(other)
    assert (machine.power_state, machine.disk_gib) == ("running", 20)
    fresh = guest.says(lambda report: report.boot != first.boot and bool(report.addresses))
    assert fresh.addresses == first.addresses
    assert qemu_host.reinstall(other) == machine
    assert guest.says(lambda report: True).boot == fresh.boot, "it has that system already"
    systems = [name for name in virsh("vol-list", POOL).split() if name.startswith(f"{spec.uuid}-system")]
    assert systems == [f"{spec.uuid}-system-2.qcow2"]


def test_c7_a_system_that_does_not_boot_leaves_the_old_one_on_its_disk(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("kept")
    qemu_host.ensure(spec)
    guest = Guest(qemu_host, spec)
    guest.says(lambda report: True)
    with pytest.raises(DeliveryImpossibleError, match=f'"{BROKEN_SYSTEM}".*does not boot.*old system "debian-12"'):
        qemu_host.reinstall(replace(spec, os=BROKEN_SYSTEM))
    assert guest.says(lambda report: bool(report.addresses)).host == "kept"
    machine = qemu_host.observe(spec.uuid)
    assert machine is not None
    assert machine.power_state == "running"


def test_a_creation_that_was_cut_off_after_the_start_is_finished(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = qemu_spec("cut")
    qemu_host.ensure(spec)
    domid = virsh("domid", domain_name(spec))
    virsh("undefine", domain_name(spec))  # it runs on, as a machine does that was started and not defined yet
    assert qemu_host.ensure(spec).power_state == "running"
    assert virsh("domid", domain_name(spec)) == domid
    assert domain_name(spec) in virsh("list", "--persistent", "--name")


def test_deleting_a_sleeping_machine_leaves_nothing_and_can_be_repeated(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("gone")
    qemu_host.ensure(spec)
    qemu_host.set_power(spec, "sleeping")
    assert spec.addresses[0].ip in qemu_host.addresses_in_use()
    for _ in range(2):
        qemu_host.delete(spec.uuid, spec.addresses)
    assert qemu_host.observe(spec.uuid) is None
    assert spec.addresses[0].ip not in qemu_host.addresses_in_use()
    virsh("pool-refresh", POOL)
    assert spec.uuid not in virsh("vol-list", POOL)
    assert domain_name(spec) not in virsh("list", "--all", "--name")


def test_what_the_host_can_never_hold_is_refused_before_anything_is_made(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    with pytest.raises(DeliveryImpossibleError, match="100000 GiB of disk"):
        qemu_host.ensure(qemu_spec("huge", disk_gib=100_000))
    unknown = replace(qemu_spec("other"), os="plan-9")
    with pytest.raises(DeliveryImpossibleError, match=r'no image of "plan-9".*images import plan-9'):
        qemu_host.ensure(unknown)
    with pytest.raises(DeliveryImpossibleError, match="plan-9"):
        qemu_host.check("plan-9")
    assert qemu_host.observe(unknown.uuid) is None


def test_an_address_of_another_machine_or_network_is_refused(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec, other = qemu_spec("first"), qemu_spec("second")
    qemu_host.ensure(spec)
    taken = replace(other, addresses=(Address(spec.addresses[0].ip, "52:54:00:00:00:fd"),))
    with pytest.raises(DeliveryImpossibleError, match="already reserved"):
        qemu_host.ensure(taken)
    outside = replace(other, addresses=(Address("192.0.2.7", "52:54:00:00:00:fd"),))
    with pytest.raises(DeliveryImpossibleError, match="not of the host's network"):
        qemu_host.ensure(outside)


def test_a_domain_that_qualit_did_not_make_is_left_alone(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = qemu_spec("foreign")
    connection = libvirt.open(URI)
    domain = connection.defineXML(
        f"<domain type='qemu'><name>{domain_name(spec)}</name><uuid>{spec.uuid}</uuid><memory>65536</memory>"
        "<os><type arch='x86_64'>hvm</type></os></domain>"
    )
    try:
        with pytest.raises(DeliveryImpossibleError, match="did not make"):
            qemu_host.ensure(spec)
        with pytest.raises(DeliveryImpossibleError, match="did not make"):
            qemu_host.delete(spec.uuid, spec.addresses)
    finally:
        domain.undefine()
        connection.close()
