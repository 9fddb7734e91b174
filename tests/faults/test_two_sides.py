"""The same upgrade from two sides at once: one charge, and the machine has what was paid for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from provider.commerce.change import SetQuantity, SwitchSolution
from provider.platform.hypervisor import growth
from tests.faults.conftest import Ground
from tests.project.tree import ROOT

pytestmark = pytest.mark.qemu


def test_n1_n6_two_processes_that_apply_one_quote_get_one_order(ground: Ground) -> None:
    ground.shop.buy("vps-1")
    before, charged = ground.booted().boot, ground.shop.charged
    quote = ground.shop.plan(SwitchSolution("vps-2", "debian-12"))
    ground.shop.close()
    arguments = [str(ground.shop.home), ground.host.uri, quote.id, ground.shop.instant]
    command = [sys.executable, "-m", "tests.faults.apply", *arguments]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate(timeout=150)[0].strip() for process in both}
    order = ground.order()
    assert said == {f"{order.id} active"}
    assert ground.shop.charged - charged == quote.proposal.amount
    wanted, machine = ground.shop.server().characteristics, ground.machine()
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (
        wanted.vcpus,
        wanted.memory_gib,
        wanted.disk_gib,
    )
    assert ground.booted().boot == before


@pytest.mark.parametrize("by_hand", [2, 4], ids=["less-than-paid", "more-than-paid"])
def test_n3_an_improvement_while_somebody_sets_vcpus_by_hand(
    ground: Ground, by_hand: int, once: Callable[[Any, str, Callable[[], object]], None]
) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted().boot
    quote = ground.shop.plan(SetQuantity("vcpu", 2))
    # Between looking at what the machine has and giving it more.
    once(growth, "_refuse_beyond_room", lambda: ground.virsh("setvcpus", ground.uuid(), str(by_hand), "--live"))
    assert ground.shop.apply(quote).status == "active"
    assert ground.shop.server().characteristics.vcpus == 3
    has = max(3, by_hand)
    assert ground.machine().vcpus == has
    assert ground.guest().says(lambda report: report.cpus == has).boot == before
    report = ground.shop.backend.reconcile()
    assert report.unexplained == ()
    surplus = [finding.code for finding in report.information]
    assert surplus == (["machine-surplus"] if by_hand > 3 else [])
