"""Somebody changes or removes a machine with virsh: it comes back to what was paid for; a lost disk is never hidden."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from provider.backend.port import RefusedError, ServerSettings
from provider.commerce.change import SetQuantity
from provider.platform.purchase import deliver
from provider.resources.vps import VPS
from tests.faults.conftest import Ground

pytestmark = pytest.mark.qemu
KIB_PER_GIB = 1024**2


def repaired(ground: Ground) -> Sequence[str]:
    """What the reconciler repairs; it has nothing else to say, and the second time nothing at all."""
    report = ground.shop.backend.reconcile()
    assert report.unexplained == ()
    again = ground.shop.backend.reconcile()
    assert (again.repaired, again.unexplained) == ((), ())
    return [finding.code for finding in report.repaired]


def switch_off(ground: Ground) -> None:
    settings = ServerSettings(power_state="off")
    ground.shop.backend.configure_server(ground.shop.server().id, settings, timeout_seconds=60)


def system_disk(ground: Ground) -> Path:
    (name,) = (name for name in ground.virsh("vol-list", "qualit").split() if name.startswith(f"{ground.uuid()}-sys"))
    return ground.host.pool / name


def test_n7_vcpus_memory_and_interfaces_that_were_taken_come_back_live(ground: Ground) -> None:
    ground.shop.buy("vps-2")
    before = ground.booted()
    ground.virsh("setvcpus", ground.uuid(), "1", "--config")
    mac = ground.virsh("domiflist", ground.uuid()).split()[-1]
    ground.virsh("detach-interface", ground.uuid(), "network", "--mac", mac, "--live", "--config")
    while mac in ground.virsh("domiflist", ground.uuid()):
        time.sleep(0.2)
    assert ground.machine().ipv4_addresses == 0
    assert repaired(ground) == ["machine-short"]
    after = ground.guest().says(lambda report: report.addresses == before.addresses)
    assert after.boot == before.boot
    assert ground.virsh("vcpucount", ground.uuid(), "--current", "--config") == "2"


def test_n7_memory_that_a_balloon_took_comes_back(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted()
    ground.virsh("setmem", ground.uuid(), "1G", "--live")
    ground.guest().says(lambda report: report.memory_kib < before.memory_kib - KIB_PER_GIB // 2)
    assert [finding.code for finding in ground.shop.backend.reconcile().repaired] == ["machine-ballooned"]
    after = ground.guest().says(lambda report: report.memory_kib >= before.memory_kib - KIB_PER_GIB // 100)
    assert after.boot == before.boot
    assert repaired(ground) == []


def test_a_machine_under_another_name_is_the_same_machine(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    switch_off(ground)
    ground.virsh("domrename", ground.uuid(), "somebodys-name")
    assert ground.shop.add("vcpu", 1).status == "active"
    assert ground.virsh("domname", ground.uuid()) == "somebodys-name"
    assert ground.machine().vcpus == 2
    assert repaired(ground) == []


def test_a_definition_removed_while_the_machine_runs_is_written_again(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted()
    ground.virsh("undefine", ground.uuid())
    assert ground.machine().fault == "undefined"
    assert repaired(ground) == ["machine-undefined"]
    assert ground.booted().boot == before.boot
    assert ground.machine().fault is None


def test_n4_a_machine_that_was_removed_without_its_disk_comes_back_with_it(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    ground.booted()
    uuid = ground.uuid()
    disk = system_disk(ground)
    identity = disk.stat().st_ino
    ground.virsh("destroy", uuid)
    ground.virsh("undefine", uuid)
    view = ground.shop.backend.server(ground.shop.server().id, observe=True)
    assert view is not None
    assert view.fault == "forgotten"
    assert repaired(ground) == ["machine-forgotten"]
    assert len(ground.boots()) == 1 or ground.booted()
    assert disk.stat().st_ino == identity
    ground.virsh("destroy", uuid)
    ground.virsh("undefine", uuid)
    assert ground.shop.add("vcpu", 1).status == "active", "an improvement brings it back as well"
    assert ground.machine().vcpus == 2
    assert disk.stat().st_ino == identity


def test_n7_a_disk_that_was_replaced_by_a_smaller_one_has_its_size_again(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    switch_off(ground)
    disk, size = system_disk(ground), ground.machine().disk_gib
    smaller = disk.with_suffix(".new")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(smaller), "2G"], check=True)
    smaller.replace(disk)
    assert ground.machine().disk_gib == 2
    assert repaired(ground) == ["machine-short"]
    assert ground.machine().disk_gib == size


def test_n4_a_lost_disk_is_said_and_nothing_empty_takes_its_place(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    ground.booted()
    server = ground.shop.server()
    uuid, charged = ground.uuid(), ground.shop.charged
    state = VPS.import_state("web", ground.shop.backend).state
    quote = ground.shop.plan(SetQuantity("vcpu", 1))
    kept = system_disk(ground)
    lost = ground.host.folder / "lost.qcow2"
    kept.rename(lost)

    (finding,) = ground.shop.backend.reconcile().unexplained
    assert finding.code == "machine-without-disk"
    assert "virsh blockcopy" in finding.remedy, "it still runs"
    ground.virsh("destroy", uuid)
    ground.virsh("undefine", uuid)
    (finding,) = ground.shop.backend.reconcile().unexplained
    assert finding.code == "machine-missing"

    assert state is not None
    read = VPS.read(state, ground.shop.backend)
    assert read.state is not None
    assert read.state["power_state"] == "running", "no plan to start it, which would need a disk"
    summaries = [diagnostic.summary for diagnostic in read.diagnostics]
    assert summaries == ["The disk of web is lost (rule N4)"]
    with pytest.raises(RefusedError, match=r"Nothing is installed in its place by itself.*Nothing was ordered"):
        ground.shop.apply(quote)
    with pytest.raises(RefusedError, match="No new, empty disk is put in its place"):
        ground.shop.backend.configure_server(server.id, ServerSettings(hostname="other"), timeout_seconds=30)
    assert ground.shop.charged == charged
    assert uuid not in ground.virsh("list", "--all", "--uuid")
    assert not re.search(rf"{uuid}-system", ground.virsh("vol-list", "qualit"))

    lost.rename(kept)
    assert repaired(ground) == ["machine-forgotten"]
    assert len(ground.booted().boot) > 0
    assert ground.shop.apply(quote).status == "active", "the same quote, now that its disk is back"


def test_n4_a_disk_that_is_lost_after_the_payment_gives_the_order_back(
    ground: Ground, once: Callable[[Any, str, Callable[[], object]], None]
) -> None:
    ground.shop.buy("vps-1")
    switch_off(ground)
    charged = ground.shop.charged
    kept, lost = system_disk(ground), ground.host.folder / "gone.qcow2"
    once(deliver, "make_way", lambda: kept.rename(lost))
    with pytest.raises(RefusedError, match=r"(?s)The disk of \"web\".*is not in the storage pool.*refunded in full"):
        ground.shop.add("vcpu", 1)
    assert ground.shop.charged == charged
    lost.rename(kept)
    assert ground.shop.add("vcpu", 1).status == "active"
