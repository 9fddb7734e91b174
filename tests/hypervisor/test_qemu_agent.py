"""What is asked of a running guest through its agent, seen from inside, and agents that hang or are not there."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import libvirt
import libvirt_qemu
import pytest

from provider.backend.port import ServerSettings
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import Machine, MachineSpec
from tests.hypervisor.conftest import URI, Guest
from tests.hypervisor.machines import improved
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

pytestmark = pytest.mark.qemu
MakeSpec = Callable[..., MachineSpec]

FIRST, SECOND = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirst me@one",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAISecond me@two",
)
BY_HAND = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIByHand somebody"
KEYS_FILE = "/home/debian/.ssh/authorized_keys"
AGENT = "qemu-ga --method virtio-serial --path /dev/$(ls /sys/class/virtio-ports)"
PATIENCE_SECONDS = 60.0


class Inside:
    """Runs commands in a guest, as its customer would in a shell."""

    def __init__(self, uuid: str) -> None:
        self._domain = libvirt.open(URI).lookupByUUIDString(uuid)

    def wait_for_agent(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "state='connected'" not in self._domain.XMLDesc():
            assert time.monotonic() < deadline, "the guest's agent did not connect"
            time.sleep(0.2)

    def begin(self, command: str) -> int:
        """Run a command and do not wait for it."""
        answer = self._ask("guest-exec", path="/bin/sh", arg=["-c", command], **{"capture-output": True})
        return int(answer["pid"])

    def run(self, command: str) -> str:
        pid = self.begin(command)
        while not (status := self._ask("guest-exec-status", pid=pid))["exited"]:
            time.sleep(0.1)
        return base64.b64decode(status.get("out-data", "")).decode()

    def keys(self) -> set[str]:
        """The agent leaves empty lines between them."""
        return set(self.run(f"cat {KEYS_FILE}").splitlines()) - {""}

    def hang_agent(self, seconds: int) -> None:
        self.begin(f"sleep 1; kill -STOP $(pidof qemu-ga); sleep {seconds}; kill -CONT $(pidof qemu-ga)")
        time.sleep(2)

    def stop_agent(self, seconds: int) -> None:
        """End the agent, and start it again later."""
        self.begin(f"setsid sh -c 'sleep 1; kill $(pidof qemu-ga); sleep {seconds}; {AGENT}' >/dev/null 2>&1 &")
        time.sleep(3)

    def _ask(self, command: str, **arguments: object) -> dict[str, Any]:
        text = json.dumps({"execute": command, "arguments": arguments})
        answer = json.loads(libvirt_qemu.qemuAgentCommand(self._domain, text, 10, 0))
        found: dict[str, Any] = answer["return"]
        return found


def started(host: LibvirtHost, spec: MachineSpec) -> tuple[Guest, Inside]:
    host.ensure(spec)
    inside = Inside(spec.uuid)
    inside.wait_for_agent()
    return Guest(host, spec), inside


def observed(host: LibvirtHost, spec: MachineSpec) -> Machine:
    machine = host.observe(spec.uuid)
    assert machine is not None
    return machine


def test_keys_change_in_a_running_guest_and_what_was_added_by_hand_stays(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = replace(qemu_spec("keys"), login="debian", ssh_keys=(FIRST,))
    guest, inside = started(qemu_host, spec)
    first = guest.says(lambda report: report.keys == 1)
    assert inside.keys() == {FIRST}
    inside.run(f"echo '{BY_HAND}' >>{KEYS_FILE}")

    changed = replace(spec, ssh_keys=(SECOND,))
    for _ in range(2):
        assert qemu_host.place_keys(changed) is None
    assert inside.keys() == {BY_HAND, SECOND}
    assert guest.says(lambda report: report.keys == 2).boot == first.boot
    assert not observed(qemu_host, spec).keys_wait

    assert qemu_host.place_keys(replace(spec, ssh_keys=())) is None
    assert inside.keys() == {BY_HAND}
    assert inside.run(f"ls -ln {KEYS_FILE} | awk '{{print $1, $3}}'").split() == ["-rw-------", "1000"]

    reason = qemu_host.place_keys(replace(changed, login="nobody"))
    assert reason is not None
    assert "nobody" in reason
    assert observed(qemu_host, spec).keys_wait
    assert qemu_host.place_keys(replace(changed, login="root")) is None, "it has no such file yet"
    assert SECOND in inside.run("cat /root/.ssh/authorized_keys")


def test_keys_that_change_while_it_sleeps_are_there_when_it_wakes(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = replace(qemu_spec("asleep"), login="debian", ssh_keys=(FIRST,))
    guest, inside = started(qemu_host, spec)
    first = guest.says(lambda report: report.keys == 1)
    qemu_host.set_power(spec, "sleeping")
    changed = replace(spec, ssh_keys=(SECOND,))
    assert qemu_host.place_keys(changed) == "it does not run"
    qemu_host.set_power(changed, "running")
    assert qemu_host.place_keys(changed) is None
    assert inside.keys() == {SECOND}
    assert guest.says(lambda report: True).boot == first.boot


def test_an_agent_that_hangs_is_not_waited_for_and_the_keys_come_later(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = replace(qemu_spec("hangs"), login="debian", ssh_keys=(FIRST,))
    guest, inside = started(qemu_host, spec)
    inside.run(f"echo '{BY_HAND}' >>{KEYS_FILE}; : >/run/leave-offline")
    first = guest.says(lambda report: report.keys == 2)
    inside.hang_agent(25)
    changed = replace(improved(spec, vcpus=2, disk_gib=30), ssh_keys=(FIRST, SECOND))

    began = time.monotonic()
    assert qemu_host.place_keys(changed) == "its guest agent does not answer"
    assert qemu_host.ensure(changed).vcpus == 2, "what was paid for is there, whatever the guest does"
    assert time.monotonic() - began < 15
    assert observed(qemu_host, spec).keys_wait
    assert guest.says(lambda report: report.disk_bytes == 30 * 1024**3).cpus == 1

    deadline = time.monotonic() + PATIENCE_SECONDS
    while qemu_host.place_keys(changed) is not None and time.monotonic() < deadline:
        time.sleep(1)
    assert inside.keys() == {FIRST, SECOND, BY_HAND}
    assert guest.says(lambda report: report.keys == 3).boot == first.boot


def test_without_an_agent_the_machine_grows_and_a_new_name_waits_for_the_next_start(
    qemu_host: LibvirtHost, qemu_spec: MakeSpec
) -> None:
    spec = replace(qemu_spec("without"), login="debian", ssh_keys=(FIRST,))
    guest, inside = started(qemu_host, spec)
    assert observed(qemu_host, spec).guest_agent
    first = guest.says(lambda report: report.keys == 1)
    inside.stop_agent(3600)
    changed = replace(improved(spec, vcpus=2), ssh_keys=(SECOND,), hostname="renamed")
    assert qemu_host.ensure(changed).vcpus == 2
    assert not observed(qemu_host, spec).guest_agent
    began = time.monotonic()
    assert qemu_host.place_keys(changed) == "no guest agent is connected"
    assert time.monotonic() - began < 2
    qemu_host.renew_seed(changed)
    assert guest.says(lambda report: report.cpus == 2).host == "without"
    qemu_host.set_power(changed, "off")
    assert observed(qemu_host, spec).keys_wait, "also when it is defined anew"
    qemu_host.set_power(changed, "running")
    assert guest.says(lambda report: report.boot != first.boot).host == "renamed"


def test_c1_new_vcpus_are_used_by_a_guest_that_leaves_them_offline(qemu_host: LibvirtHost, qemu_spec: MakeSpec) -> None:
    spec = qemu_spec("offline")
    guest, inside = started(qemu_host, spec)
    inside.run(": >/run/leave-offline")
    first = guest.says(lambda report: report.cpus == 1)
    qemu_host.ensure(improved(spec, vcpus=4))
    assert guest.says(lambda report: report.cpus == 4).boot == first.boot


@pytest.fixture
def shop(tmp_path: Path, qemu_host: LibvirtHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop on the real host."""
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda _uri, _home: qemu_host)
    shop = Shop(tmp_path / "home", MemoryHypervisor(), timeout=240)
    yield shop
    for server in shop.backend.servers():
        shop.backend.end_server(server.id)
    shop.close()


def test_a_server_whose_agent_was_away_gets_its_keys_by_reconciliation(shop: Shop, qemu_host: LibvirtHost) -> None:
    settings = ServerSettings(ssh_keys=(FIRST,))
    server = shop.buy("vps-1", settings=settings)
    inside = Inside(server.domain_uuid or "")
    inside.wait_for_agent()
    inside.run(f"echo '{BY_HAND}' >>{KEYS_FILE}")
    assert shop.backend.configure_server(server.id, settings, timeout_seconds=60).keys_wait is None

    inside.stop_agent(15)
    settings = replace(settings, ssh_keys=(SECOND,))
    view = shop.backend.configure_server(server.id, settings, timeout_seconds=60)
    assert view.keys_wait == "no guest agent is connected"
    assert view.settings == settings, "they are recorded: the next installation has them"
    seen = shop.backend.server(server.id, observe=True)
    assert seen is not None
    assert not seen.guest_agent
    assert shop.backend.reconcile().repaired == ()

    inside.wait_for_agent()
    assert [finding.code for finding in shop.backend.reconcile().repaired] == ["keys-waiting"]
    assert inside.keys() == {SECOND, BY_HAND}
    assert shop.backend.reconcile().repaired == ()
