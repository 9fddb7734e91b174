"""A machine's QEMU dies or hangs: the machine comes back with what was paid for, and nobody else waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import libvirt
import pytest

from provider.backend.port import OrderView
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.platform.hypervisor import growth
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from tests.faults.conftest import Ground

pytestmark = pytest.mark.qemu
Once = Callable[[Any, str, Callable[[], object]], None]
BETTER = SwitchSolution("vps-2", "debian-12")


def test_n3_a_qemu_killed_in_an_improvement_is_started_with_what_was_paid_for(ground: Ground, once: Once) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted()
    once(growth, "_grow_memory", lambda: ground.host.kill_qemu(ground.uuid()))
    assert ground.shop.apply(ground.shop.plan(BETTER)).status == "active"
    wanted = ground.shop.server().characteristics
    after = ground.guest().says(lambda report: report.boot != before.boot and bool(report.addresses))
    assert (after.cpus, after.disk_bytes) == (wanted.vcpus, wanted.disk_gib * 1024**3)
    assert after.addresses == before.addresses
    assert ground.machine().memory_gib == wanted.memory_gib


@pytest.mark.parametrize(
    ("owner", "step"), [(libvirt.virConnect, "defineXML"), (LibvirtHost, "_finish_start")], ids=["undefined", "defined"]
)
def test_n3_a_qemu_killed_in_a_creation_is_started_again(ground: Ground, once: Once, owner: Any, step: str) -> None:
    once(owner, step, lambda: ground.host.kill_qemu(ground.virsh("list", "--uuid").split()[0]))
    ground.shop.buy("vps-1")
    assert ground.order().status == "active"
    assert ground.machine().power_state == "running"
    ground.booted()


def test_s7_a_qemu_that_crashed_is_started_by_the_reconciler_and_one_that_shut_down_is_not(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    first = ground.booted()
    ground.host.kill_qemu(ground.uuid())
    ground.until_it_stopped()
    view = ground.shop.backend.server(ground.shop.server().id, observe=True)
    assert view is not None
    assert (view.power_state, view.fault) == ("off", "crashed")
    assert [finding.code for finding in ground.shop.backend.reconcile().repaired] == ["machine-crashed"]
    ground.guest().says(lambda report: report.boot != first.boot)

    ground.virsh("shutdown", ground.uuid())
    ground.until_it_stopped()
    report = ground.shop.backend.reconcile()
    assert (report.repaired, report.unexplained) == ((), ())
    assert ground.machine().power_state == "off", "its customer shut it down from inside"


def test_a_qemu_that_hangs_keeps_its_own_order_alone(ground: Ground) -> None:
    for name in ("web", "db"):
        ground.shop.buy("vps-1", name=name)
    before = ground.booted()
    one, other = (ground.shop.plan(SetQuantity("vcpu", 1), name) for name in ("web", "db"))
    with ground.host.hanging_qemu(ground.uuid()):
        hanging = ground.begin(one)
        began = time.monotonic()
        assert ground.shop.apply(other, name="db").status == "active"
        took = time.monotonic() - began
        outcome = hanging.ended()
        assert isinstance(outcome, OrderView), outcome
        assert outcome.status == "provisioning"
        assert "answered" in (outcome.failure or "")
        compared = ground.shop.backend.reconcile()
    assert took < 5, "it did not wait for the deadline of the other"
    assert compared.compared["machines"] == 1
    ground.shop.reopen().work()
    assert {order.status for order in ground.shop.backend.orders()} == {"active"}
    assert ground.guest().says(lambda report: report.cpus == 2).boot == before.boot


def test_servers_are_improved_side_by_side_and_one_server_one_change_after_the_other(ground: Ground) -> None:
    names = ["web", "db", "mail"]
    for name in names:
        ground.shop.apply(ground.shop.plan(NewContract("vps-1", "debian-12", 1), name), name=name)
    for name in names:
        ground.booted(name)
    quotes = [(name, ground.shop.plan(SetQuantity(type_, 1), name)) for name in names for type_ in ("vcpu", "memory")]
    applied = [ground.begin(quote, name) for name, quote in quotes]
    outcomes = [each.ended() for each in applied]
    assert {outcome.status for outcome in outcomes if isinstance(outcome, OrderView)} == {"active"}, outcomes
    for name in names:
        wanted = ground.shop.server(name).characteristics
        assert (wanted.vcpus, wanted.memory_gib) == (2, 3)
        assert (ground.machine(name).vcpus, ground.machine(name).memory_gib) == (2, 3)
