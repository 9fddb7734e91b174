"""Machines that really restart for more than they were started with room for, seen from inside (C1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from provider.backend.port import PowerState, RefusedError, ServerSettings
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from provider.commerce.change import SetQuantity
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import HypervisorUnavailableError, Machine, MachineSpec
from tests.hypervisor.conftest import Guest
from tests.hypervisor.machines import machine_spec
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

pytestmark = pytest.mark.qemu

TWO_MORE = SetQuantity("vcpu", 2)


def catalogue(folder: Path, vcpus: int) -> Path:
    """A catalogue of small servers that may have so many vCPUs in all."""
    content = yaml.load(DEFAULT_CATALOGUE.read_text(), yaml.BaseLoader)  # noqa: S506 - texts only, prices as written
    content["offers"] = content["offers"][:1]
    content["version"] = f"of-{vcpus}"
    for resource in content["additional_resources"]:
        if resource["type"] in ("vcpu", "memory"):
            most = {"vcpu": vcpus, "memory": 4}[resource["type"]]
            resource.update(maximum=str(most - 1), server_maximum=str(most))
    file = folder / f"{vcpus}.yaml"
    file.write_text(yaml.safe_dump(content).replace("'", ""))
    return file


@pytest.fixture
def shop(tmp_path: Path, qemu_host: LibvirtHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop on the real host whose servers are started with room for 2 vCPUs."""
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda _uri, _home: qemu_host)
    monkeypatch.setattr("provider.platform.purchase.flow.RETRY_SECONDS", (0.05,))
    shop = Shop(tmp_path / "home", MemoryHypervisor(), catalogue=catalogue(tmp_path, vcpus=2), timeout=240)
    yield shop
    for server in shop.backend.servers():
        shop.backend.end_server(server.id)
    shop.close()


def guest_of(shop: Shop, host: LibvirtHost) -> tuple[Guest, Callable[[], list[str]]]:
    """The guest, and the boots that its console has seen."""
    uuid = shop.server().domain_uuid or ""
    guest = Guest(host, replace(machine_spec("web"), uuid=uuid))
    return guest, lambda: list(dict.fromkeys(re.findall(r"QUALIT boot=(\S+) ", host.console(uuid))))


def test_c1_n3_a_restart_that_was_cut_off_is_finished_and_the_guest_booted_once_for_it(
    shop: Shop, qemu_host: LibvirtHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shop.buy("vps-1")
    guest, boots = guest_of(shop, qemu_host)
    first = guest.says(lambda report: bool(report.addresses))
    shop.catalogue = catalogue(tmp_path, vcpus=4)
    quote = shop.reopen().plan(TWO_MORE)
    with pytest.raises(RefusedError, match="was started with room for 2 vCPUs and would have 3"):
        shop.apply(quote)

    def cut_off(spec: MachineSpec, state: PowerState) -> Machine:
        set_power(spec, state)
        raise HypervisorUnavailableError("the connection broke", "Start it.")

    set_power = qemu_host.set_power
    monkeypatch.setattr(qemu_host, "set_power", cut_off)
    order = shop.apply(quote, allow_restart=True, timeout=20)
    assert order.status == "provisioning"
    monkeypatch.setattr(qemu_host, "set_power", set_power)
    shop.reopen().backend.resume(order.id, timeout_seconds=120)
    after = guest.says(lambda report: report.boot != first.boot and bool(report.addresses))
    assert after.cpus == shop.server().characteristics.vcpus == 3
    assert (after.addresses, after.disk_bytes) == (first.addresses, first.disk_bytes)
    assert boots() == [first.boot, after.boot]
    assert shop.server().ceiling.vcpus == 4
    assert shop.backend.orders()[-1].status == "active"
    assert shop.add("vcpu", 3).status == "active"
    assert guest.says(lambda report: report.cpus == 4).boot == after.boot, "there is room now"


def test_c1_a_sleeping_machine_is_restarted_and_sleeps_again(
    shop: Shop, qemu_host: LibvirtHost, tmp_path: Path
) -> None:
    shop.buy("vps-1")
    guest, boots = guest_of(shop, qemu_host)
    first = guest.says(lambda report: bool(report.addresses))
    shop.backend.configure_server(shop.server().id, ServerSettings(power_state="sleeping"), timeout_seconds=60)
    shop.catalogue = catalogue(tmp_path, vcpus=4)
    order = shop.reopen().apply(shop.plan(TWO_MORE), allow_restart=True)
    assert order.status == "active"
    machine = qemu_host.observe(shop.server().domain_uuid or "")
    assert machine is not None
    assert (machine.power_state, machine.vcpus) == ("sleeping", 3)
    shop.backend.configure_server(shop.server().id, ServerSettings(), timeout_seconds=60)
    woken = guest.says(lambda report: report.boot != first.boot)
    assert woken.cpus == 3
    assert boots() == [first.boot, woken.boot]
