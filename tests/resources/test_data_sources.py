"""What can be looked up."""

from __future__ import annotations

import pytest

from provider.commerce.catalogue import Catalogue, load_catalogue
from tests.terraform.host import AnswerError, Host


def test_s1_the_offers_are_shown_with_their_characteristics_and_prices(host: Host) -> None:
    found = host.look_up("qualit_offers")
    assert found["currency"] == "EUR"
    prices = {offer["id"]: offer["monthly_price"] for offer in found["offers"]}
    assert prices == {"vps-1": "3.99", "vps-2": "6.99", "vps-4": "13.99", "vps-8": "27.99", "mem-2": "15.99"}
    assert found["offers"][0]["characteristics"] == {
        "vcpus": 1,
        "memory_gib": 2,
        "disk_gib": 20,
        "ipv4_addresses": 1,
        "bandwidth_mbits": 100,
    }


def test_s3_only_suse_enterprise_has_a_price(host: Host) -> None:
    systems = host.look_up("qualit_operating_systems")["operating_systems"]
    assert {system["id"]: system["monthly_price"] for system in systems} == {
        "debian-12": "0.00",
        "ubuntu-24.04": "0.00",
        "almalinux-9": "0.00",
        "opensuse-leap-15.6": "0.00",
        "freebsd-14": "0.00",
        "suse-enterprise-15": "9.00",
    }


def test_s2_the_unit_price_of_each_addition_is_shown(host: Host) -> None:
    additions = host.look_up("qualit_additional_resources")["additional_resources"]
    shown = {each["type"]: (each["unit_price"], each["step"], each["server_maximum"]) for each in additions}
    assert shown == {
        "vcpu": ("2.00", 1, 16),
        "memory": ("1.50", 1, 64),
        "disk": ("0.10", 10, 2000),
        "ipv4": ("1.00", 1, 4),
        "bandwidth": ("0.01", 100, 10000),
    }


def test_a_server_is_shown_in_total_with_its_additions(host: Host) -> None:
    server = host.create("qualit_vps", name="web", offer="vps-2")
    assert server.values is not None
    host.create("qualit_resource", vps_id=server.values["id"], type="disk", quantity=50)
    found = host.look_up("qualit_vps", name="web")
    assert found["characteristics"]["disk_gib"] == 90
    assert found["additional_resources"] == {"disk": 50}
    assert found["monthly_price"] == "11.99"


def test_a_server_that_does_not_exist_is_an_error_that_lists_the_others(host: Host) -> None:
    host.create("qualit_vps", name="web", offer="vps-2")
    with pytest.raises(AnswerError, match="Servers: web"):
        host.look_up("qualit_vps", name="wbe")


def test_the_orders_of_one_server_can_be_looked_up(host: Host) -> None:
    for name in ("one", "two"):
        host.create("qualit_vps", name=name, offer="vps-1")
    assert len(host.look_up("qualit_orders")["orders"]) == 2
    (order,) = host.look_up("qualit_orders", server="two")["orders"]
    assert (order["kind"], order["status"], order["amount"]) == ("new", "active", "3.99")


def test_the_catalogue_is_shown_as_a_whole_and_can_be_made_from_it_again(host: Host) -> None:
    found = host.look_up("qualit_catalogue")
    assert set(found) == set(Catalogue.model_fields)
    assert Catalogue.model_validate(found) == load_catalogue()
