"""L2: what becomes of a contract that is not renewed."""

from __future__ import annotations

import pytest

from provider.backend.port import RefusedError
from provider.commerce.change import SetQuantity
from tests.platform.shop import Shop


def test_l2_a_contract_is_suspended_at_its_end_and_its_machine_switched_off(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    shop.at("2026-02-28T00:00:00+00:00")
    assert shop.server().status == shop.server().contract.status == "suspended"
    shop.buy(name="other")
    machine = shop.host.machines[server.domain_uuid or ""]
    assert machine.power_state == "off"
    assert shop.server().settings.power_state == "running"


def test_l2_a_plan_switches_nothing_off(shop: Shop) -> None:
    server = shop.buy()
    shop.at("2026-02-28T00:00:00+00:00")
    shop.backend.servers()
    shop.backend.server(server.id, observe=True)
    assert shop.host.machines[server.domain_uuid or ""].power_state == "running"


def test_l2_only_a_renewal_is_possible_for_a_suspended_contract(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    quote = shop.at("2026-02-27T23:00:00+00:00").plan(SetQuantity("disk", 50))
    shop.at("2026-02-28T00:00:00+00:00")
    with pytest.raises(RefusedError) as raised:
        shop.apply(quote)
    assert raised.value.rule == "L2"
    with pytest.raises(RefusedError) as raised:
        shop.backend.configure_server(server.id, server.settings, timeout_seconds=5)
    assert raised.value.rule == "L2"


def test_l2_after_its_grace_a_contract_ends_and_its_machine_is_deleted(any_shop: Shop) -> None:
    shop = any_shop
    server = shop.buy()
    shop.at("2026-03-13T23:59:59+00:00")
    assert shop.server().status == "suspended"
    shop.at("2026-03-14T00:00:00+00:00")
    assert shop.backend.server(server.id) is None
    assert shop.backend.contract(server.contract.contract.id) is None
    assert shop.identity("web").generation == 1
    again = shop.buy()
    assert again.id != server.id
    assert list(shop.host.machines) == [again.domain_uuid]


def test_l2_a_host_that_is_down_does_not_keep_a_name_from_being_told_about(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-03-14T00:00:00+00:00")
    shop.host.down = True
    assert shop.backend.server_named("web") is None
