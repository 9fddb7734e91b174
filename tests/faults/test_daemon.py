"""libvirt's daemon dies or hangs in the middle of an improvement: forward to what was paid for, without a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from provider.backend.port import OrderView
from provider.commerce.change import SwitchSolution
from provider.platform.hypervisor import growth
from tests.faults.conftest import Ground

pytestmark = pytest.mark.qemu
Once = Callable[[Any, str, Callable[[], object]], None]
BETTER = SwitchSolution("vps-2", "debian-12")


def wait_for_call(name: str) -> None:
    """Until a call of that name is under way in libvirt."""
    deadline = time.monotonic() + 20
    while not any(thread.name.startswith(name) for thread in threading.enumerate()):
        assert time.monotonic() < deadline, f"nobody called {name}"
        time.sleep(0.01)


def delivered(ground: Ground, before: str) -> None:
    """The machine has what was paid for, once, and its guest did not restart."""
    wanted = ground.shop.server().characteristics
    machine = ground.machine()
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (wanted.vcpus, wanted.memory_gib, wanted.disk_gib)
    assert machine.vcpus > 1
    assert ground.guest().says(lambda report: report.cpus == wanted.vcpus).boot == before
    assert len([intent for intent in ground.shop.gateway.intents() if intent.kept.amount]) == 2


def test_n3_a_daemon_killed_between_two_steps_of_an_improvement(ground: Ground, once: Once) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted().boot

    def crash() -> None:
        ground.host.kill_daemon()
        ground.host.start_daemon()

    once(growth, "_grow_memory", crash)
    order = ground.shop.apply(ground.shop.plan(BETTER))
    assert order.status == "active"
    delivered(ground, before)


def test_n3_a_daemon_killed_during_a_call_of_an_improvement(ground: Ground, once: Once) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted().boot
    quote = ground.shop.plan(BETTER)
    with ExitStack() as hanging:
        once(growth, "_grow_memory", lambda: hanging.enter_context(ground.host.hanging_qemu(ground.uuid())))
        applied = ground.begin(quote)
        wait_for_call("updateDeviceFlags")
        ground.host.kill_daemon()
    ground.host.start_daemon()
    outcome = applied.ended()
    assert isinstance(outcome, OrderView), outcome
    assert outcome.status == "active"
    delivered(ground, before)


def test_n3_a_daemon_that_hangs_lets_the_apply_end_and_the_order_goes_on_later(ground: Ground, once: Once) -> None:
    ground.shop.buy("vps-1")
    before = ground.booted().boot
    quote = ground.shop.plan(BETTER)
    with ExitStack() as hanging:
        once(growth, "_grow_memory", lambda: hanging.enter_context(ground.host.silent_daemon()))
        outcome = ground.begin(quote).ended()
    assert isinstance(outcome, OrderView), outcome
    assert outcome.status == "provisioning"
    assert "The host cannot be reached" in (outcome.failure or "")
    ground.shop.reopen().work()
    assert ground.order().status == "active"
    delivered(ground, before)
