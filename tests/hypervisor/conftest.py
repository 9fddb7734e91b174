"""A real host for the tests marked ``qemu``: daemons, the demo image, and what a guest says from inside."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.demo_image import install_demo_images
from provider.platform.hypervisor.images import Images
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import MachineSpec
from provider.platform.hypervisor.volumes import Volumes
from tests.hypervisor.machines import machine_spec

URI = "qemu:///system"
OTHER_SYSTEM = "test-other"
BROKEN_SYSTEM = "test-broken"
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Report:
    """What the demo guest says about itself, every other second."""

    boot: str
    up: int
    host: str
    cpus: int
    memory_kib: int
    disk_bytes: int
    addresses: frozenset[str]
    keys: int
    """How many lines the file of keys has that may log in."""


class Guest:
    """A machine of the demo image, seen from inside."""

    def __init__(self, host: LibvirtHost, spec: MachineSpec) -> None:
        self._host = host
        self._uuid = spec.uuid

    def says(self, condition: Callable[[Report], bool]) -> Report:
        """The guest's first report from now on that meets the condition; a failure shows the last one."""
        already = self._host.console(self._uuid).count("QUALIT ")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        reports: list[Report] = []
        while time.monotonic() < deadline:
            reports = _reports(self._host.console(self._uuid))[already:]
            for report in reports:
                if condition(report):
                    return report
            time.sleep(0.5)
        raise AssertionError(f"the guest did not say what was waited for; last: {reports[-1:]}")


def _reports(console: str) -> list[Report]:
    found = []
    for line in console.splitlines(keepends=True):
        if line.startswith("QUALIT ") and line.endswith("\n"):
            words = dict(word.split("=", 1) for word in line.split()[1:])
            found.append(
                Report(
                    boot=words["boot"],
                    up=int(words["up"]),
                    host=words["host"],
                    cpus=int(words["cpus"]),
                    memory_kib=int(words["memory_kib"]),
                    disk_bytes=int(words["disk_bytes"]),
                    addresses=frozenset(words["addresses"].split(",")) - {""},
                    keys=int(words["keys"]),
                )
            )
    return found


def start_daemons() -> None:
    """Where there is no systemd, nobody starts them; virtlogd keeps the guests' consoles."""
    for daemon in ("virtlogd", "libvirtd"):
        if subprocess.run(["pgrep", "-x", daemon], capture_output=True, check=False).returncode:
            subprocess.run([daemon, "-d"], check=True)


@pytest.fixture(scope="session")
def qemu_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibvirtHost]:
    """The host behind ``qemu:///system`` with three images: the demo's, another, and one that does not boot."""
    if shutil.which("libvirtd"):
        start_daemons()
    install_demo_images(URI, ("debian-12", OTHER_SYSTEM))
    connection = LibvirtConnection(URI)
    images = Images(Volumes(connection))
    if images.newest(BROKEN_SYSTEM) is None:
        empty = tmp_path_factory.mktemp("image") / "empty.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(empty), "1G"], check=True)
        images.add(BROKEN_SYSTEM, empty, source="test")
    yield LibvirtHost(connection, tmp_path_factory.mktemp("home"), boot_seconds=20)
    for system in (OTHER_SYSTEM, BROKEN_SYSTEM):
        for image in images.of(system):
            images.remove(image)


@pytest.fixture
def qemu_spec(qemu_host: LibvirtHost) -> Iterator[Callable[..., MachineSpec]]:
    """Make specifications with free addresses; their machines are deleted afterwards."""
    made: list[MachineSpec] = []

    def make(name: str, *, addresses: int = 1, **characteristics: int) -> MachineSpec:
        taken = qemu_host.addresses_in_use() | {address.ip for spec in made for address in spec.addresses}
        prefix = qemu_host.subnet().rsplit(".", 2)[0]
        free = [ip for ip in (f"{prefix}.250.{last}" for last in range(2, 250)) if ip not in taken]
        made.append(machine_spec(name, *free[:addresses], **characteristics))
        return made[-1]

    yield make
    for spec in made:
        qemu_host.delete(spec.uuid, spec.addresses)
