"""A shop whose host is a private one, which the tests break; nothing from the order to the guest is stood in for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from provider.backend.port import BackendError, OrderView, Quote
from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.deadline import Deadlines
from provider.platform.hypervisor.demo_image import install_demo_images
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import Machine
from tests.faults.private_host import PrivateHost, why_not
from tests.hypervisor.conftest import Guest, Report
from tests.hypervisor.machines import machine_spec
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

SHORT = Deadlines(opening=5, quick=5, keepalive_seconds=1, keepalive_count=2)


@pytest.fixture(scope="session")
def broken_host() -> Iterator[PrivateHost]:
    """One private host for all tests, with the demo image as debian-12."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    host = PrivateHost()
    try:
        host.start()
        install_demo_images(host.uri)
        yield host
    finally:
        host.close()


@dataclass
class Ground:
    """A shop, its host, and the guests on it seen from inside."""

    shop: Shop
    host: PrivateHost
    seen: LibvirtHost

    def uuid(self, name: str = "web") -> str:
        return self.shop.server(name).domain_uuid or ""

    def machine(self, name: str = "web") -> Machine:
        machine = self.seen.observe(self.uuid(name))
        assert machine is not None, f"the host has no machine of {name}"
        return machine

    def guest(self, name: str = "web") -> Guest:
        return Guest(self.seen, replace(machine_spec(name), uuid=self.uuid(name)))

    def booted(self, name: str = "web") -> Report:
        """What the guest says when it is up."""
        return self.guest(name).says(lambda report: bool(report.addresses))

    def boots(self, name: str = "web") -> list[str]:
        """Every boot that the console has seen."""
        return list(dict.fromkeys(re.findall(r"QUALIT boot=(\S+) ", self.seen.console(self.uuid(name)))))

    def until_it_stopped(self, name: str = "web") -> None:
        deadline = time.monotonic() + 60
        while not self.virsh("domstate", self.uuid(name)).startswith("shut off"):
            assert time.monotonic() < deadline, f"{name} runs on"
            time.sleep(0.1)

    def virsh(self, *words: str) -> str:
        return self.host.virsh(*words)

    def begin(self, quote: Quote, name: str = "web", timeout: float = 60) -> Applied:
        """Apply in a thread of its own."""
        return Applied(lambda: self.shop.apply(quote, name=name, timeout=timeout))

    def order(self) -> OrderView:
        """The youngest one."""
        return self.shop.backend.orders()[-1]


class Applied:
    """An apply under way."""

    def __init__(self, apply: Callable[[], OrderView]) -> None:
        self._apply = apply
        self._outcome: OrderView | BackendError | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def ended(self) -> OrderView | BackendError | None:
        self._thread.join(timeout=120)
        return self._outcome

    def _run(self) -> None:
        try:
            self._outcome = self._apply()
        except BackendError as error:
            self._outcome = error


@pytest.fixture
def ground(tmp_path: Path, broken_host: PrivateHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """A shop on the private host; N9 is checked when the test is over, and its servers are ended."""
    monkeypatch.setattr("provider.platform.hypervisor.connection.Deadlines", lambda: SHORT)
    monkeypatch.setattr("provider.platform.purchase.flow.RETRY_SECONDS", (0.2, 0.5, 1.0))
    shop = Shop(tmp_path / "home", MemoryHypervisor(), libvirt_uri=broken_host.uri, timeout=60)
    seen = LibvirtHost(LibvirtConnection(broken_host.uri, Deadlines()), tmp_path)
    yield Ground(shop, broken_host, seen)
    try:
        assert shop.cash() == shop.charged, "N9: the ledger's cash is not the gateway's"
        for server in shop.backend.servers():
            shop.backend.end_server(server.id)
    finally:
        shop.close()


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str, Callable[[], object]], None]:
    """Make a fault happen in the middle: just before a function is called for the first time."""

    def arrange(owner: Any, name: str, fault: Callable[[], object]) -> None:
        original = getattr(owner, name)
        pending = [fault]

        def called(*arguments: Any, **named: Any) -> Any:
            if pending:
                pending.pop()()
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, called)

    return arrange
