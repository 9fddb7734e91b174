"""Room on the hosts: taken with the order, refused before anything is paid, given back with what is over."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from provider.backend.embedded import EmbeddedBackend
from provider.backend.port import (
    ActionRequiredError,
    OrderView,
    PaymentDeclinedError,
    Quote,
    RefusedError,
    ServerSettings,
    UnavailableError,
)
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.platform.database import tables
from provider.platform.hypervisor.hosts import Hosts
from provider.platform.hypervisor.port import Capacity, DeliveryImpossibleError
from provider.platform.records import servers
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)
"""2 vCPUs, 4 GiB of memory, 40 GiB of disk."""


def nothing_more_was_bought(shop: Shop, orders: int) -> None:
    assert len(shop.backend.orders()) == orders
    assert len(shop.backend.payments()) == orders
    assert shop.cash() == shop.charged


def recorded(shop: Shop, name: str = "web") -> servers.Server:
    with shop.records().read() as connection:
        server = servers.living_named(connection, name)
    assert server is not None
    return server


def test_n2_a_new_order_without_room_is_refused_with_what_is_lacking_and_nothing_is_ordered(any_shop: Shop) -> None:
    any_shop.host.has = Capacity(vcpus=1, memory_gib=7, disk_gib=79)
    any_shop.buy()
    with pytest.raises(UnavailableError) as refused:
        any_shop.buy(name="second")
    assert refused.value.summary == "No capacity"
    assert "memory: 4 GiB of memory are wanted and 3 of its 7 GiB are free, and 40 GiB of disk" in refused.value.detail
    assert "Nothing was ordered" in refused.value.detail
    nothing_more_was_bought(any_shop, 1)
    assert any_shop.backend.server_named("second") is None


def test_n2_an_improvement_without_room_is_refused_and_the_server_stays_as_it_was(any_shop: Shop) -> None:
    any_shop.host.has = Capacity(vcpus=1, memory_gib=7, disk_gib=95)
    before = any_shop.buy()
    with pytest.raises(UnavailableError, match="host of web has no room for it to grow") as refused:
        any_shop.apply(any_shop.plan(SwitchSolution("vps-4", "debian-12")))
    assert "4 GiB of memory are wanted and 3 of its 7 GiB are free" in refused.value.detail
    with pytest.raises(UnavailableError, match="60 GiB of disk are wanted and 55 of its 95 GiB are free"):
        any_shop.add("disk", 60)
    assert any_shop.server().contract == before.contract
    nothing_more_was_bought(any_shop, 1)
    any_shop.add("disk", 50)
    any_shop.add("vcpu", 14)  # shared, and so never lacking
    any_shop.add("bandwidth", 100)
    with pytest.raises(UnavailableError, match="10 GiB of disk are wanted and 5 of its 95 GiB are free"):
        any_shop.add("disk", 60)


def at_once(shop: Shop, purchases: list[tuple[Quote, str]]) -> tuple[list[OrderView], list[Exception]]:
    """Apply each in a process of its own, all at the same time."""
    together = threading.Barrier(len(purchases))
    done: list[OrderView] = []
    refused: list[Exception] = []

    def apply(backend: EmbeddedBackend, quote: Quote, name: str) -> None:
        together.wait()
        try:
            done.append(shop.apply(quote, name=name, backend=backend))
        except UnavailableError as error:
            refused.append(error)

    backends = [shop.another() for _ in purchases]
    threads = [
        threading.Thread(target=apply, args=(backend, *purchase))
        for backend, purchase in zip(backends, purchases, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for backend in backends:
        backend.close()
    return done, refused


def test_n2_of_many_that_order_the_last_room_at_once_one_gets_it_and_the_others_pay_nothing(any_shop: Shop) -> None:
    any_shop.host.has = Capacity(vcpus=8, memory_gib=11, disk_gib=1000)
    names = [f"web-{number}" for number in range(5)]
    done, refused = at_once(any_shop, [(any_shop.plan(NEW, name), name) for name in names])
    assert [order.status for order in done] == ["active", "active"]
    assert len(refused) == 3
    assert all("No capacity" in str(error) for error in refused)
    nothing_more_was_bought(any_shop, 2)
    assert len(any_shop.host.machines) == 2


def test_n2_an_improvement_and_a_new_server_at_once_do_not_both_get_the_last_room(any_shop: Shop) -> None:
    any_shop.host.has = Capacity(vcpus=8, memory_gib=8, disk_gib=1000)
    any_shop.buy()
    purchases = [(any_shop.plan(SwitchSolution("vps-4", "debian-12")), "web"), (any_shop.plan(NEW, "new"), "new")]
    done, refused = at_once(any_shop, purchases)
    assert (len(done), len(refused)) == (1, 1)
    nothing_more_was_bought(any_shop, 2)


def test_room_is_taken_before_it_is_paid_and_given_back_when_it_is_not(shop: Shop) -> None:
    shop.host.has = Capacity(vcpus=8, memory_gib=4, disk_gib=40)
    with pytest.raises(ActionRequiredError) as waits:
        shop.apply(shop.plan(NEW), method="test-3ds")
    with pytest.raises(UnavailableError, match="No capacity"):
        shop.buy(name="second")
    shop.backend.cancel_order(waits.value.order_id or "", timeout_seconds=20)
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(NEW, "third"), name="third", method="test-declined")
    assert shop.buy(name="second").status == "active"


def test_c8_room_is_given_back_with_the_server_and_not_by_sleep_or_suspension(shop: Shop) -> None:
    shop.host.has = Capacity(vcpus=8, memory_gib=4, disk_gib=40)
    server = shop.buy()
    shop.backend.configure_server(server.id, ServerSettings(power_state="off"), timeout_seconds=20)
    with pytest.raises(UnavailableError, match="No capacity"):
        shop.buy(name="second")
    shop.backend.end_server(server.id)
    assert shop.buy(name="second").status == "active"


def test_l2_a_suspended_server_keeps_its_room(shop: Shop) -> None:
    shop.host.has = Capacity(vcpus=8, memory_gib=4, disk_gib=40)
    shop.buy()
    shop.at("2026-03-01T00:00:00+00:00")
    with pytest.raises(UnavailableError, match="No capacity"):
        shop.buy(name="second")
    assert shop.server().status == "suspended"


def test_n3_an_improvement_that_is_refunded_gives_its_room_back(shop: Shop) -> None:
    shop.host.has = Capacity(vcpus=8, memory_gib=8, disk_gib=200)
    shop.buy()
    shop.host.impossible = "the host says no"
    with pytest.raises(RefusedError):
        shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    shop.host.impossible = None
    assert shop.buy(name="second").status == "active"


def test_l5_a_contract_without_a_server_takes_no_room_until_one_is_put_on_it(shop: Shop) -> None:
    shop.host.has = Capacity(vcpus=8, memory_gib=4, disk_gib=40)
    stock = shop.buy_contract()
    shop.buy()
    settings = ServerSettings()
    with pytest.raises(UnavailableError, match="No capacity"):
        shop.backend.run_on_contract("other", stock.contract.id, settings, timeout_seconds=20)
    shop.backend.end_server(shop.server().id)
    view = shop.backend.run_on_contract("other", stock.contract.id, settings, timeout_seconds=20)
    assert (view.status, view.host) == ("active", "memory")


def test_a_host_that_has_been_overfull_from_before_takes_nothing_more(shop: Shop) -> None:
    shop.buy()
    shop.host.has = Capacity(vcpus=1, memory_gib=1, disk_gib=1)
    with pytest.raises(UnavailableError, match="0 of its 1 GiB are free"):
        shop.add("memory", 1)
    assert shop.add("vcpu", 1).status == "active"


def test_a_system_whose_image_is_too_large_for_the_offer_is_refused_before_it_is_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(os: str | None, disk_gib: int | None = None) -> None:
        if disk_gib is not None and disk_gib < 60:
            raise DeliveryImpossibleError(f"The image needs a disk of 60 GiB, and the machine has {disk_gib} GiB.")

    monkeypatch.setattr(shop.host, "check", check)
    with pytest.raises(RefusedError, match="needs a disk of 60 GiB, and the machine has 40 GiB"):
        shop.buy()
    nothing_more_was_bought(shop, 0)
    assert shop.buy("vps-4").status == "active"


@pytest.fixture
def two(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> dict[str, MemoryHypervisor]:
    """Two hosts in place of the one: what a longer list of hosts would be."""
    found = {name: MemoryHypervisor(name) for name in ("alpha", "beta")}
    for host in found.values():
        host.has = Capacity(vcpus=8, memory_gib=8, disk_gib=200)

    def hosts(_uris: Any, _connect: Any) -> Hosts:
        return Hosts(tuple(found), found.__getitem__)

    monkeypatch.setattr("provider.backend.opening.Hosts", hosts)
    return found


def test_servers_spread_over_the_hosts_and_each_is_changed_where_it_is(
    shop: Shop, two: dict[str, MemoryHypervisor]
) -> None:
    names = ["one", "two", "three", "four"]
    views = {name: shop.buy(name=name) for name in names}
    assert sorted(view.host or "" for view in views.values()) == ["alpha", "alpha", "beta", "beta"]
    with pytest.raises(UnavailableError) as refused:
        shop.buy(name="five")
    assert "alpha: 4 GiB" in refused.value.detail
    assert "beta: 4 GiB" in refused.value.detail

    there = views["two"]
    other = next(host for name, host in two.items() if name != there.host)
    before = dict(other.machines)
    shop.add("disk", 50, "two")
    settings = ServerSettings(power_state="sleeping")
    shop.backend.configure_server(there.id, settings, timeout_seconds=20)
    machine = two[there.host or ""].machines[there.domain_uuid or ""]
    assert (machine.disk_gib, machine.power_state) == (90, "sleeping")
    report = shop.backend.reconcile()
    assert (report.repaired, report.unexplained) == ((), ())
    assert other.machines == before

    other.down = True  # it is nobody's business here
    shop.backend.end_server(there.id)
    assert there.domain_uuid not in two[there.host or ""].machines
    assert shop.buy(name="six").host == there.host


def test_a_server_on_a_host_that_is_not_in_the_list_is_said_with_both_names(
    shop: Shop, two: dict[str, MemoryHypervisor]
) -> None:
    server = shop.buy()
    gone = two.pop(server.host or "")
    two["gamma"] = MemoryHypervisor("gamma")
    shop.reopen()
    settings = ServerSettings(power_state="off")
    with pytest.raises(UnavailableError) as refused:
        shop.backend.configure_server(server.id, settings, timeout_seconds=20)
    assert f'The server web is recorded on the host "{server.host}"' in refused.value.detail
    assert "gamma" in refused.value.detail
    with pytest.raises(UnavailableError, match=f'recorded on the host "{server.host}"'):
        shop.add("disk", 50)
    (finding,) = shop.backend.reconcile().information
    assert f"is on {server.host}" in finding.wrong
    assert len(gone.machines) == 1
    nothing_more_was_bought(shop, 1)


def test_a_host_that_was_renamed_is_found_by_its_machine_and_the_record_follows(shop: Shop) -> None:
    server = shop.buy()
    shop.host.host = "new-name"
    shop.backend.configure_server(server.id, ServerSettings(power_state="off"), timeout_seconds=20)
    assert recorded(shop).host == "new-name"


def test_a_server_that_was_placed_before_records_had_a_host_goes_to_the_first(shop: Shop) -> None:
    shop.host.down_after_change = True
    quote = shop.plan(NEW)
    shop.apply(quote, timeout=1)
    shop.records().write(lambda connection: connection.execute(update(tables.servers).values(host=None)))
    shop.host.down_after_change = False
    shop.work()
    assert shop.server().status == "active"
    assert recorded(shop).host == "memory"


def test_the_quantity_of_an_open_order_is_reserved_once(shop: Shop) -> None:
    """A disk that is bought and not delivered yet, and an offer beside it: both count, neither twice."""
    shop.host.has = Capacity(vcpus=8, memory_gib=100, disk_gib=130)
    shop.buy()
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(SetQuantity("disk", 50)), method="test-3ds")
    shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    with pytest.raises(UnavailableError, match="40 GiB of disk are wanted and 0 of its 130 GiB are free"):
        shop.buy(name="second")


def test_the_home_of_the_test_driver_knows_no_end(tmp_path: Path) -> None:
    from provider.platform.hypervisor.connect import connect_hypervisor

    assert connect_hypervisor("test:///default", tmp_path).capacity().memory_gib >= 10**6
