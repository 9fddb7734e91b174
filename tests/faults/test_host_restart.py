"""The host itself restarts: what ran runs again, what slept sleeps on and wakes where it was (S7)."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

import pytest

from provider.backend.port import PowerState, ServerSettings
from tests.faults.conftest import Ground
from tests.faults.private_host import PrivateHost

pytestmark = pytest.mark.qemu


def restart(host: PrivateHost) -> None:
    """Every process ends at once, and what a host keeps in memory alone (/run, bridges) is gone."""
    processes = [*host.folder.glob("run/qemu/*.pid"), *host.folder.glob("run/**/*.pid")]
    for pid in {file.read_text().strip() for file in processes}:
        host.inside("kill", "-9", pid)
    time.sleep(1)
    for link in host.inside("ls", "/sys/class/net").stdout.split():
        if link != "lo":
            host.inside("ip", "link", "delete", link)
    for left in (host.folder / "run").iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    host.inside(f"{host.folder}/bin/faults-virtlogd", "-d", "-p", "/run/libvirt/virtlogd.pid")
    host.start_daemon()


def test_s7_a_restart_of_the_host_starts_what_ran_and_leaves_what_slept_or_was_off(ground: Ground) -> None:
    states: dict[str, PowerState] = {"runs": "running", "sleeps": "sleeping", "rests": "off"}
    for name in states:
        ground.shop.buy("vps-1", name=name)
    before = {name: ground.booted(name) for name in states}
    for name, state in states.items():
        ground.shop.backend.configure_server(
            ground.shop.server(name).id, replace(ServerSettings(), power_state=state), timeout_seconds=120
        )
    restart(ground.host)
    deadline = time.monotonic() + 60
    while ground.machine("runs").power_state != "running" and time.monotonic() < deadline:
        time.sleep(0.5)
    assert {name: ground.machine(name).power_state for name in states} == states
    again = ground.guest("runs").says(lambda report: report.boot != before["runs"].boot and bool(report.addresses))
    assert again.addresses == before["runs"].addresses
    server = ground.shop.server("sleeps")
    ground.shop.backend.configure_server(server.id, ServerSettings(), timeout_seconds=120)
    woken = ground.guest("sleeps").says(lambda report: report.addresses == before["sleeps"].addresses)
    assert woken.boot == before["sleeps"].boot
