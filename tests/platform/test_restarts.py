"""Improvements that a running machine cannot take: refused, or made by one restart that is allowed (C1)."""

from __future__ import annotations

import pytest

from provider.backend.port import RefusedError, ServerSettings
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from provider.commerce.change import SetQuantity, SwitchSolution
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

MORE = SetQuantity("vcpu", 18)
"""Beyond the 16 vCPUs that a machine of the default catalogue is started with."""


def grown(shop: Shop) -> Shop:
    """The shop on the day that its catalogue has servers of 32 vCPUs."""
    file = shop.home.parent / "grown.yaml"
    text = DEFAULT_CATALOGUE.read_text()
    line = next(line for line in text.splitlines() if "type: vcpu" in line)
    larger = line.replace("maximum: 15", "maximum: 30").replace("server_maximum: 16", "server_maximum: 32")
    assert "maximum: 30" in larger, line
    file.write_text(text.replace(line, larger))
    shop.catalogue = file
    return shop.reopen()


def machine_of(shop: Shop, host: MemoryHypervisor) -> int:
    return host.machines[shop.server().domain_uuid or ""].vcpus


def test_c1_an_order_beyond_the_machines_room_is_refused_before_it_is_paid(shop: Shop) -> None:
    shop.buy()
    quote = grown(shop).plan(MORE)
    paid = shop.charged
    with pytest.raises(RefusedError, match=r"web was started with room for 16 vCPUs and would have 20") as refused:
        shop.apply(quote)
    assert (refused.value.rule, refused.value.attribute) == ("C1", "quantity")
    assert "allow_restart = true" in refused.value.detail
    assert "Nothing was ordered" in refused.value.detail
    assert shop.charged == paid
    assert [order.kind for order in shop.backend.orders()] == ["new"]


@pytest.mark.parametrize("by", ["order", "server"])
def test_c1_an_allowed_order_restarts_the_machine_once_and_records_its_new_room(
    shop: Shop, host: MemoryHypervisor, by: str
) -> None:
    shop.buy(settings=ServerSettings(allow_restart=by == "server"))
    quote = grown(shop).plan(MORE)
    order = shop.apply(quote, allow_restart=True if by == "order" else None)
    assert order.status == "active"
    assert host.switched == ["off", "running"]
    assert machine_of(shop, host) == shop.server().characteristics.vcpus == 20
    assert shop.server().ceiling.vcpus == 32
    assert shop.add("vcpu", 24).status == "active"
    assert host.switched == ["off", "running"], "the new room takes the next improvement"


def test_c1_what_fits_never_restarts_although_it_may(shop: Shop, host: MemoryHypervisor) -> None:
    shop.buy(settings=ServerSettings(allow_restart=True))
    assert shop.add("vcpu", 2).status == "active"
    assert host.switched == []


def test_c1_a_server_that_is_off_is_improved_without_a_restart_and_stays_off(
    shop: Shop, host: MemoryHypervisor
) -> None:
    shop.buy(settings=ServerSettings(power_state="off"))
    host.switched.clear()
    grown(shop)
    assert shop.apply(shop.plan(MORE)).status == "active"
    assert host.switched == []
    assert (machine_of(shop, host), shop.server().ceiling.vcpus) == (20, 32)


def test_c1_a_server_that_sleeps_sleeps_again_after_its_restart(shop: Shop, host: MemoryHypervisor) -> None:
    shop.buy(settings=ServerSettings(power_state="sleeping"))
    quote = grown(shop).plan(MORE)
    with pytest.raises(RefusedError, match="restart"):
        shop.apply(quote)
    assert shop.apply(quote, allow_restart=True).status == "active"
    assert host.switched == ["off", "sleeping"]
    assert machine_of(shop, host) == 20


def test_c1_a_system_without_hotplug_restarts_for_memory_and_not_for_disk(shop: Shop, host: MemoryHypervisor) -> None:
    shop.buy(os="freebsd-14")
    assert shop.add("disk", 50).status == "active"
    with pytest.raises(RefusedError, match="takes no more GiB of memory while it runs"):
        shop.add("memory", 2)
    assert host.switched == []
    assert shop.apply(shop.plan(SetQuantity("memory", 2)), allow_restart=True).status == "active"
    assert host.switched == ["off", "running"]


def test_c7_an_allowed_reinstallation_needs_no_second_permission_to_restart(shop: Shop, host: MemoryHypervisor) -> None:
    shop.buy(os="freebsd-14")
    order = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")), allow_reinstall=True)
    assert order.status == "active"
    assert host.reinstalled[-1].os == "debian-12"


@pytest.mark.parametrize("broken", ["down_after_power", "down_after_change"])
def test_n3_a_restart_that_is_cut_off_is_finished_and_the_machine_runs(
    shop: Shop, host: MemoryHypervisor, broken: str
) -> None:
    shop.buy()
    quote = grown(shop).plan(MORE)
    setattr(host, broken, True)
    order = shop.apply(quote, allow_restart=True, timeout=1)
    assert order.status == "provisioning"
    setattr(host, broken, False)
    shop.reopen().backend.resume(order.id, timeout_seconds=20)
    assert shop.backend.orders()[-1].status == "active"
    assert host.switched == ["off", "running"]
    assert machine_of(shop, host) == 20


def test_n3_a_restart_that_cannot_be_delivered_is_refunded_and_the_machine_runs_again(
    shop: Shop, host: MemoryHypervisor
) -> None:
    shop.buy()
    quote = grown(shop).plan(MORE)
    paid = shop.charged
    host.short_of = "vcpus"
    with pytest.raises(RefusedError, match="was refunded in full"):
        shop.apply(quote, allow_restart=True)
    host.short_of = None
    assert shop.charged == paid
    assert host.switched == ["off", "running"]
    assert host.machines[shop.server().domain_uuid or ""].power_state == "running"
    assert shop.server().characteristics.vcpus == 2


def test_c1_switching_a_server_off_and_on_gives_it_the_room_of_todays_catalogue(
    shop: Shop, host: MemoryHypervisor
) -> None:
    shop.buy()
    grown(shop)
    for state in ("off", "running"):
        shop.backend.configure_server(
            shop.server().id,
            ServerSettings(power_state="off" if state == "off" else "running"),
            timeout_seconds=20,
        )
    assert shop.server().ceiling.vcpus == 32
    host.switched.clear()
    assert shop.apply(shop.plan(MORE)).status == "active"
    assert host.switched == []
