"""The reconciler on machines that somebody removed, broke or changed (N3, N4, S7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provider.backend.port import RefusedError, ServerSettings
from provider.commerce.change import NewContract
from provider.commerce.policy import MachineFault
from provider.platform.identifiers import machine_uuid
from tests.platform.findings import agrees, damage, only
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


def test_n4_a_machine_that_is_gone_is_reported_and_not_made_again(shop: Shop) -> None:
    shop.buy()
    shop.host.lose_machines()
    assert "backup" in only(shop.backend.reconcile().unexplained, "machine-missing").remedy
    assert not shop.host.machines


def test_n4_a_machine_that_was_removed_without_its_disk_is_brought_back_as_its_customer_had_it(any_shop: Shop) -> None:
    any_shop.buy()
    server = any_shop.server()
    any_shop.backend.configure_server(server.id, ServerSettings(power_state="off"), timeout_seconds=20)
    any_shop.host.machines.clear()
    only(any_shop.backend.reconcile().repaired, "machine-forgotten")
    (machine,) = any_shop.host.machines.values()
    assert machine.power_state == "off"
    assert agrees(any_shop.backend.reconcile())


@pytest.mark.parametrize("fault", ["crashed", "paused", "undefined", "ballooned"])
def test_s7_a_machine_that_fell_is_brought_back(shop: Shop, fault: MachineFault) -> None:
    shop.buy()
    ((uuid, machine),) = shop.host.machines.items()
    shop.host.machines[uuid] = replace(machine, fault=fault, power_state="off" if fault == "crashed" else "running")
    only(shop.backend.reconcile().repaired, f"machine-{fault}")
    assert shop.host.machines[uuid] == machine
    assert agrees(shop.backend.reconcile())


def test_a_machine_that_stands_still_while_its_host_is_full_waits_for_room(shop: Shop) -> None:
    shop.buy()
    ((uuid, machine),) = shop.host.machines.items()
    shop.host.machines[uuid] = replace(machine, fault="paused")
    shop.host.free_gib = 0
    assert "Make room in it" in only(shop.backend.reconcile().unexplained, "machine-paused").remedy


def test_n4_a_machine_that_runs_without_its_disk_is_reported_with_how_to_save_it(shop: Shop) -> None:
    shop.buy()
    ((uuid, machine),) = shop.host.machines.items()
    shop.host.machines[uuid] = replace(machine, fault="diskless", disk_gib=0)
    assert "virsh blockcopy" in only(shop.backend.reconcile().unexplained, "machine-without-disk").remedy


def test_l2_a_server_whose_machine_is_gone_is_suspended_and_ends_in_its_time(shop: Shop) -> None:
    contract = shop.buy().contract.contract
    shop.backend.configure_contract(contract.id, auto_renew=False)
    shop.host.lose_machines()
    shop.at("2026-03-01T09:00:00+00:00").work()
    assert shop.server().status == "suspended"
    shop.at("2026-04-01T09:00:00+00:00").work()
    assert shop.backend.server_named("web") is None


def test_n3_a_machine_with_less_than_was_paid_for_is_brought_forward(any_shop: Shop) -> None:
    any_shop.buy()
    ((uuid, machine),) = any_shop.host.machines.items()
    any_shop.host.machines[uuid] = replace(machine, memory_gib=1)
    only(any_shop.backend.reconcile().repaired, "machine-short")
    assert any_shop.host.machines[uuid] == machine
    assert agrees(any_shop.backend.reconcile())


def test_n3_a_machine_that_cannot_be_brought_forward_is_reported(shop: Shop) -> None:
    shop.buy()
    ((uuid, machine),) = shop.host.machines.items()
    shop.host.machines[uuid] = replace(machine, memory_gib=1)
    shop.host.impossible = "no room"
    assert "no room" in only(shop.backend.reconcile().unexplained, "machine-short").remedy


def test_n3_a_machine_with_more_than_was_paid_for_keeps_it(shop: Shop) -> None:
    shop.buy()
    ((uuid, machine),) = shop.host.machines.items()
    shop.host.machines[uuid] = replace(machine, disk_gib=500)
    report = shop.backend.reconcile()
    only(report.information, "machine-surplus")
    assert not report.unexplained
    assert shop.host.machines[uuid].disk_gib == 500


def test_c8_a_machine_that_outlived_its_server_is_reported_with_the_command(shop: Shop) -> None:
    server = shop.buy()
    machines = dict(shop.host.machines)
    shop.backend.end_server(server.id)
    shop.host.machines.update(machines)
    finding = only(shop.backend.reconcile().unexplained, "machine-of-an-ended-server")
    assert f"virsh destroy {next(iter(machines))}" in finding.remedy
    assert shop.host.machines == machines


def test_n3_a_machine_that_a_refund_could_not_delete_is_reported(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.apply(quote)
    shop.host.impossible = None
    shop.buy(name="other")
    (machine,) = shop.host.machines.values()
    uuid = machine_uuid(shop.identity("web").server_id or "")
    shop.host.machines[uuid] = replace(machine, uuid=uuid)
    assert uuid in only(shop.backend.reconcile().unexplained, "machine-of-an-ended-server").remedy
    shop.buy()
    assert agrees(shop.backend.reconcile())


def test_l2_the_machine_of_a_suspended_server_is_switched_off(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-03-01T09:00:00+00:00").buy(name="other")
    uuid = next(uuid for uuid, machine in shop.host.machines.items() if machine.power_state == "off")
    shop.host.machines[uuid] = replace(shop.host.machines[uuid], power_state="running")
    only(shop.backend.reconcile().repaired, "machine-of-a-suspended-server")
    assert shop.host.machines[uuid].power_state == "off"
    assert agrees(shop.backend.reconcile())


def test_machines_of_a_host_that_is_down_are_one_finding_with_the_remedy(shop: Shop) -> None:
    shop.buy()
    shop.buy(name="other")
    shop.host.down = True
    assert "Start it." in only(shop.backend.reconcile().unexplained, "machines-not-compared").remedy


def test_a_machine_on_another_host_is_not_taken_for_a_missing_one(shop: Shop) -> None:
    shop.buy()
    damage(shop, "UPDATE servers SET host = 'another'")
    shop.host.lose_machines()
    report = shop.backend.reconcile()
    assert not report.unexplained
    only(report.information, "machine-on-another-host")


def test_keys_that_wait_are_placed_when_the_agent_is_there(shop: Shop) -> None:
    server = shop.buy(settings=ServerSettings(ssh_keys=("ssh-ed25519 AAAAone me",)))
    shop.host.keys_wait, shop.host.agent = "no guest agent is connected", False
    settings = replace(server.settings, ssh_keys=("ssh-ed25519 AAAAtwo me",))
    shop.backend.configure_server(server.id, settings, timeout_seconds=5)
    assert agrees(shop.backend.reconcile()), "nothing can be done"

    shop.host.keys_wait, shop.host.agent = "its guest agent refused: no such account", True
    report = shop.backend.reconcile()
    (finding,) = report.information
    assert (finding.code, report.unexplained) == ("keys-waiting", ())
    assert "It was not done: its guest agent refused: no such account." in finding.remedy

    shop.host.keys_wait = None
    report = shop.backend.reconcile()
    assert [finding.code for finding in report.repaired] == ["keys-waiting"]
    assert shop.host.keys == {server.domain_uuid: settings.ssh_keys}
    assert agrees(shop.backend.reconcile())
