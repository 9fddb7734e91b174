"""Power of machines that really run (S7): what another hand did to them is seen, and they are brought back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provider.backend.port import PowerCause, SeenPowerState
from provider.platform.hypervisor.domain_xml import domain_name
from provider.platform.hypervisor.libvirt_host import SHUTDOWN_SECONDS, LibvirtHost
from provider.platform.hypervisor.port import MachineSpec
from tests.hypervisor.conftest import BROKEN_SYSTEM, Guest
from tests.hypervisor.machines import improved
from tests.hypervisor.test_qemu import virsh

pytestmark = pytest.mark.qemu
MakeSpec = Callable[..., MachineSpec]


def seen(host: LibvirtHost, spec: MachineSpec) -> tuple[SeenPowerState, PowerCause | None]:
    machine = host.observe(spec.uuid)
    assert machine is not None
    return machine.power_state, machine.power_cause


def autostart(spec: MachineSpec) -> bool:
    """Whether libvirt starts it with the host."""
    return "Autostart:      enable" in virsh("dominfo", domain_name(spec))


def kill_qemu(spec: MachineSpec) -> None:
    """The process dies, as when the host runs out of memory."""
    (pid,) = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and spec.uuid.encode() in _command_line(entry)
    ]
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while virsh("domstate", domain_name(spec)) == "running" and time.monotonic() < deadline:
        time.sleep(0.1)


def _command_line(process: Path) -> bytes:
    try:
        command = (process / "cmdline").read_bytes()
    except OSError:
        return b""
    return command if command.startswith(b"/usr/bin/qemu-system") else b""


def test_s7_what_another_hand_does_to_a_machine_is_seen_with_its_cause_and_mended(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = qemu_spec("hands")
    name = domain_name(spec)
    qemu_host.ensure(spec)
    guest = Guest(qemu_host, spec)
    first = guest.says(lambda report: bool(report.addresses))

    # Paused, saved, and saved while it was paused: it goes on where it was.
    virsh("suspend", name)
    assert seen(qemu_host, spec) == ("paused", "paused")
    assert qemu_host.ensure(improved(spec, vcpus=2)).power_state == "paused", "an improvement does not wake it"
    assert qemu_host.set_power(spec, "running").power_state == "running"
    assert guest.says(lambda report: report.cpus == 2).boot == first.boot
    virsh("managedsave", name)
    assert seen(qemu_host, spec) == ("sleeping", None)
    assert qemu_host.set_power(spec, "running").power_state == "running"
    virsh("managedsave", name, "--paused")
    assert seen(qemu_host, spec) == ("sleeping", None)
    assert qemu_host.set_power(spec, "running").power_state == "running"
    assert guest.says(lambda report: True).boot == first.boot

    # Its saved memory is removed: it is off, and the system starts afresh.
    qemu_host.set_power(spec, "sleeping")
    virsh("managedsave-remove", name)
    assert seen(qemu_host, spec) == ("off", "memory-lost")
    assert qemu_host.set_power(spec, "running").power_state == "running"
    second = guest.says(lambda report: bool(report.addresses))
    assert second.boot != first.boot
    assert second.addresses == first.addresses

    # Its process dies, its plug is pulled, its system shuts down.
    kill_qemu(spec)
    assert seen(qemu_host, spec) == ("off", "crashed")
    assert qemu_host.set_power(spec, "running").power_state == "running"
    virsh("destroy", name)
    assert seen(qemu_host, spec) == ("off", "stopped")
    assert qemu_host.set_power(spec, "running").power_state == "running"
    guest.says(lambda report: report.boot != second.boot)
    virsh("shutdown", name)
    deadline = time.monotonic() + 30
    while seen(qemu_host, spec)[0] == "running" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert seen(qemu_host, spec) == ("off", "shut-down")

    # And one that is to be off is started.
    virsh("start", name)
    assert seen(qemu_host, spec) == ("running", None)
    assert qemu_host.set_power(spec, "off").power_state == "off"


def test_s7_only_a_machine_that_is_to_run_starts_with_its_host(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = qemu_spec("boots")
    qemu_host.ensure(spec)
    assert autostart(spec)
    for state, starts in (("sleeping", False), ("running", True), ("off", False), ("running", True)):
        qemu_host.set_power(spec, state)  # type: ignore[arg-type]
        assert autostart(spec) is starts


def test_s7_a_guest_that_ignores_the_request_is_stopped_after_the_stated_time_and_not_before(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SHUTDOWN_SECONDS == 60, "docs/machines.md and the description of power_state say so"
    monkeypatch.setattr(qemu_host, "_shutdown_seconds", 6)
    spec = replace(qemu_spec("deaf", disk_gib=1), os=BROKEN_SYSTEM)  # it never gets beyond its firmware
    qemu_host.ensure(spec)
    for state in ("running", "paused"):
        if state == "paused":
            qemu_host.set_power(spec, "running")
            virsh("suspend", domain_name(spec))
        began = time.monotonic()
        assert qemu_host.set_power(spec, "off").power_state == "off"
        assert 6 <= time.monotonic() - began < 12
        assert seen(qemu_host, spec) == ("off", "stopped")
