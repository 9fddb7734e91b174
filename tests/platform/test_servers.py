"""What is free: settings, power, reinstallation, terms; ending; and a server on a contract of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provider.backend.port import RefusedError, ServerSettings, UnavailableError
from provider.commerce.change import NewContract, SwitchSolution
from tests.platform.shop import Shop


def test_s7_a_server_sleeps_and_is_switched_off_and_on_at_no_charge(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    for state in ("sleeping", "running", "off", "running"):
        settings = replace(server.settings, power_state=state)
        view = shop.backend.configure_server(server.id, settings, timeout_seconds=5)
        assert view.settings.power_state == view.power_state == state
        assert shop.host.machines[server.domain_uuid or ""].power_state == state
    assert len(shop.backend.payments()) == 1


def test_the_observed_power_state_is_the_machines_own(shop: Shop) -> None:
    server = shop.buy()
    uuid = server.domain_uuid or ""
    shop.host.machines[uuid] = replace(shop.host.machines[uuid], power_state="off")
    assert shop.server().power_state == "running"
    observed = shop.backend.server(server.id, observe=True)
    assert observed is not None
    assert observed.power_state == "off"
    shop.backend.configure_server(server.id, server.settings, timeout_seconds=5)
    assert shop.host.machines[uuid].power_state == "running"


def test_a_machine_that_is_gone_is_observed_as_gone(shop: Shop) -> None:
    server = shop.buy()
    shop.host.machines.clear()
    observed = shop.backend.server(server.id, observe=True)
    assert observed is not None
    assert (observed.domain_uuid, observed.power_state, observed.fault) == (None, "off", "forgotten")


def test_a_host_that_does_not_answer_cannot_be_observed(shop: Shop) -> None:
    server = shop.buy()
    shop.host.down = True
    assert shop.backend.server(server.id) == server
    with pytest.raises(UnavailableError):
        shop.backend.server(server.id, observe=True)


def test_a_new_server_is_given_the_power_state_that_it_is_bought_with(shop: Shop) -> None:
    server = shop.buy(settings=ServerSettings(power_state="off"))
    assert shop.host.machines[server.domain_uuid or ""].power_state == "off"


def test_an_improvement_does_not_wake_a_server(shop: Shop) -> None:
    server = shop.buy()
    shop.backend.configure_server(server.id, replace(server.settings, power_state="sleeping"), timeout_seconds=5)
    shop.add("memory", 2)
    assert shop.host.machines[server.domain_uuid or ""].power_state == "sleeping"


def test_labels_keys_and_host_name_are_kept(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    settings = ServerSettings(labels={"a": "1"}, ssh_keys=("ssh-ed25519 AAAA me",), hostname="db")
    shop.backend.configure_server(server.id, settings, timeout_seconds=5)
    assert shop.reopen().server().settings == settings
    assert shop.host.specs[server.domain_uuid or ""].ssh_keys == ("ssh-ed25519 AAAA me",)


def test_keys_that_the_guest_does_not_take_are_recorded_and_said_to_wait(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy(settings=ServerSettings(ssh_keys=("ssh-ed25519 AAAAone me",)))
    shop.host.keys_wait = "its guest agent does not answer"
    settings = replace(server.settings, ssh_keys=("ssh-ed25519 AAAAtwo me",))
    view = shop.backend.configure_server(server.id, settings, timeout_seconds=5)
    assert (view.settings, view.keys_wait) == (settings, "its guest agent does not answer")
    assert [spec.ssh_keys for spec in shop.host.renewed] == [settings.ssh_keys]
    assert shop.add("vcpu", 1).status == "active", "what is paid for does not wait for it"
    shop.host.keys_wait = None
    labelled = replace(settings, labels={"a": "1"})
    assert shop.backend.configure_server(server.id, labelled, timeout_seconds=5).keys_wait is None
    assert shop.host.keys == {server.domain_uuid: settings.ssh_keys}, "the next change places them"


def test_the_account_of_the_keys_is_the_one_of_the_system(shop: Shop) -> None:
    server = shop.buy()
    assert shop.host.specs[server.domain_uuid or ""].login == "debian"


def test_a_change_that_the_host_refuses_is_not_recorded(shop: Shop) -> None:
    server = shop.buy()
    shop.host.impossible = "the guest has no agent"
    with pytest.raises(RefusedError, match="the guest has no agent"):
        shop.backend.configure_server(server.id, replace(server.settings, hostname="db"), timeout_seconds=5)
    assert shop.server() == server


def test_c7_another_free_system_is_installed_at_no_charge_and_moves_no_revision(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    settings = replace(server.settings, user_data="#!/bin/sh")
    view = shop.backend.configure_server(server.id, settings, os="ubuntu-24.04", timeout_seconds=5)
    solution = view.contract.contract.solution
    assert (solution.os, solution.revision) == ("ubuntu-24.04", 1)
    assert [(spec.os, spec.user_data) for spec in shop.host.reinstalled] == [("ubuntu-24.04", "#!/bin/sh")]
    assert len(shop.backend.payments()) == 1
    shop.add("disk", 50)
    assert len(shop.host.reinstalled) == 1


def test_c7_a_system_that_costs_more_is_not_a_free_change(shop: Shop) -> None:
    server = shop.buy()
    with pytest.raises(RefusedError, match="it is ordered"):
        shop.backend.configure_server(server.id, server.settings, os="suse-enterprise-15", timeout_seconds=5)
    assert shop.host.reinstalled == []


def test_c8_deletion_protection_refuses_the_end_before_anything_stops(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy(settings=ServerSettings(deletion_protection=True))
    with pytest.raises(RefusedError) as raised:
        shop.backend.end_server(server.id)
    assert (raised.value.rule, raised.value.attribute) == ("C8", "deletion_protection")
    assert shop.server() == server
    assert server.domain_uuid in shop.host.machines


def test_c8_ending_a_server_ends_its_contract_and_refunds_nothing(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    shop.backend.end_server(server.id)
    shop.backend.end_server(server.id)
    assert shop.backend.contract(server.contract.contract.id) is None
    assert shop.host.machines == {}
    assert shop.host.leases == {"10.69.0.1"}
    assert shop.charged > 0


def test_nothing_ends_while_the_host_does_not_answer(shop: Shop) -> None:
    server = shop.buy()
    shop.host.down = True
    with pytest.raises(UnavailableError):
        shop.backend.end_server(server.id)
    assert shop.server() == server


def test_n3_ending_a_server_that_was_never_delivered_refunds_it(any_shop: Shop) -> None:
    shop = any_shop
    shop.host.down_after_change = True
    order = shop.apply(shop.plan(NewContract("vps-2", "debian-12", 1)))
    shop.host.down_after_change = False
    shop.backend.end_server(shop.server().id)
    assert [(o.id, o.status) for o in shop.backend.orders()] == [(order.id, "refunded")]
    assert shop.charged == 0
    assert shop.host.machines == {}


def test_l5_a_contract_of_its_own_is_delivered_by_being_paid(any_shop: Shop) -> None:
    shop = any_shop
    view = shop.buy_contract()
    assert (view.kind, view.status, view.server_id) == ("order", "active", None)
    assert view.contract.paid_until.isoformat() == "2026-02-28"
    assert shop.host.machines == {}


def test_l5_a_server_runs_on_a_contract_of_its_own_and_ends_without_it(any_shop: Shop) -> None:
    shop = any_shop
    contract = shop.buy_contract()
    server = shop.backend.run_on_contract("web", contract.contract.id, ServerSettings(), timeout_seconds=5)
    assert (server.status, server.contract.kind, server.contract.name) == ("active", "order", "stock")
    assert shop.order_contract().server_id == server.id
    assert len(shop.backend.payments()) == 1

    with pytest.raises(RefusedError, match="End that server first"):
        shop.backend.end_contract(contract.contract.id)
    shop.backend.end_server(server.id)
    assert shop.host.machines == {}
    assert shop.order_contract().server_id is None

    again = shop.backend.run_on_contract("web", contract.contract.id, ServerSettings(), timeout_seconds=5)
    assert again.id != server.id
    shop.backend.end_server(again.id)
    shop.backend.end_contract(contract.contract.id)
    assert shop.backend.contract_named("stock") is None


def test_l5_one_contract_runs_one_server(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    with pytest.raises(RefusedError, match="One contract runs one server"):
        shop.backend.run_on_contract("other", contract_id, ServerSettings(), timeout_seconds=5)


def test_l5_a_contract_is_not_refunded_because_no_server_could_be_put_on_it(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    shop.host.impossible = "no image"
    with pytest.raises(RefusedError, match="no image"):
        shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    assert shop.backend.server_named("web") is None
    assert shop.order_contract().status == "active"
    assert [order.status for order in shop.backend.orders()] == ["active"]


def test_a_server_on_a_contract_is_finished_after_the_host_was_down(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    shop.host.down_after_change = True
    view = shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    assert view.status == "provisioning"
    shop.host.down_after_change = False
    view = shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    assert view.status == "active"
    assert len(shop.host.machines) == 1


def test_n4_a_name_that_has_a_server_on_a_contract_cannot_be_bought(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    with pytest.raises(RefusedError) as raised:
        shop.apply(shop.plan(NewContract("vps-2", "debian-12", 1)))
    assert raised.value.rule == "N4"


def test_an_improved_contract_improves_the_server_that_runs_on_it(any_shop: Shop) -> None:
    shop = any_shop
    contract_id = shop.buy_contract().contract.id
    server = shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    order = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    assert (order.status, order.server) == ("active", "web")
    assert shop.host.machines[server.domain_uuid or ""].vcpus == 4


def test_c6_the_terms_of_a_contract_change_at_no_charge(any_shop: Shop) -> None:
    shop = any_shop
    contract_id = shop.buy().contract.contract.id
    view = shop.backend.configure_contract(contract_id, payment_method="test-paypal", auto_renew=False, term_months=12)
    assert (view.payment_method, view.auto_renew, view.contract.term_months) == ("test-paypal", False, 12)
    assert len(shop.backend.payments()) == 1
    shop.add("disk", 50)
    assert shop.reopen().server().contract.contract.term_months == 12


def test_s4_s5_terms_that_are_not_sold_are_refused(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    with pytest.raises(RefusedError, match="term_months"):
        shop.backend.configure_contract(contract_id, term_months=2)
    with pytest.raises(RefusedError, match="crypto"):
        shop.backend.configure_contract(contract_id, payment_method="crypto")


def test_c7_a_contract_without_a_server_changes_its_system_freely(shop: Shop) -> None:
    contract_id = shop.buy_contract().contract.id
    assert shop.backend.configure_contract(contract_id, os="ubuntu-24.04").contract.solution.os == "ubuntu-24.04"
    shop.backend.run_on_contract("web", contract_id, ServerSettings(), timeout_seconds=5)
    with pytest.raises(RefusedError, match="on the server"):
        shop.backend.configure_contract(contract_id, os="debian-12")
