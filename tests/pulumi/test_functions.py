"""The functions that compute, as the native plugin answers them: the same as Terraform's, in Pulumi's names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provider.pulumi.protocol import rpc
from tests.pulumi.host import UNKNOWN, CheckFailedError, Host


@pytest.fixture
def sold(host: Host) -> dict[str, Any]:
    return host.invoke("qualit:index:getCatalogue")


def test_the_cheapest_offer_is_found_in_the_catalogue_that_was_looked_up(host: Host, sold: dict[str, Any]) -> None:
    found = host.invoke("qualit:index:cheapestOffer", catalogue=sold, needs={"vcpus": 3, "memoryGib": 6})
    assert (found["offer"], found["additionalResources"]) == ("vps-2", {"memory": 2, "vcpu": 1})
    assert (found["monthlyPrice"], found["characteristics"]["memoryGib"]) == ("11.99", 6)


def test_one_value_is_the_output_result(host: Host, sold: dict[str, Any]) -> None:
    wanted = {"offer": "vps-2", "additionalResources": {"disk": 50}}
    assert host.invoke("qualit:index:monthlyPrice", catalogue=sold, wanted=wanted) == {"result": "11.99"}
    improves = host.invoke("qualit:index:isImprovement", catalogue=sold, held=wanted, wanted={"offer": "vps-1"})
    assert improves == {"result": False}


def test_what_cannot_be_used_fails_on_its_argument_in_pulumis_names(host: Host, sold: dict[str, Any]) -> None:
    with pytest.raises(CheckFailedError) as refused:
        host.invoke("qualit:index:monthlyPrice", catalogue=sold, wanted={"offer": "vps-3"})
    ((name, reason),) = refused.value.failures
    assert name == "wanted"
    assert "Unknown offer (rule S1)" in reason
    with pytest.raises(CheckFailedError, match="has no property vcpu; it has"):
        host.invoke("qualit:index:cheapestOffer", catalogue=sold, needs={"vcpu": 3})
    with pytest.raises(CheckFailedError, match="Missing value: catalogue is required"):
        host.invoke("qualit:index:cheapestOffer", needs={"vcpus": 3})


def test_what_is_not_known_yet_makes_the_result_unknown(host: Host, sold: dict[str, Any]) -> None:
    found = host.invoke("qualit:index:cheapestOffer", catalogue=sold, needs={"vcpus": UNKNOWN})
    assert (found["offer"], found["monthlyPrice"]) == (UNKNOWN, UNKNOWN)


def test_n8_a_card_number_is_not_repeated(host: Host, sold: dict[str, Any]) -> None:
    with pytest.raises(CheckFailedError) as refused:
        host.invoke("qualit:index:monthlyPrice", catalogue=sold, wanted={"offer": "4242424242424242"})
    assert "rule N8" in str(refused.value)
    assert "4242" not in str(refused.value)


def test_a_price_says_what_it_costs_and_why_not(host: Host) -> None:
    price = host.invoke("qualit:index:getPrice", offer="vps-2", termMonths=3, additionalResources={"disk": 50})
    assert (price["dueNow"], price["monthlyPrice"], price["problems"]) == ("35.97", "11.99", [])
    refused = host.invoke("qualit:index:getPrice", offer="vps-3")
    assert [each["rule"] for each in refused["problems"]] == ["S1"]
    assert "dueNow" not in refused


def test_what_is_looked_up_has_the_types_that_the_functions_take(host: Host) -> None:
    schema = json.loads(host.call("GetSchema", rpc.GetSchemaRequest()).schema)
    looked_up = schema["functions"]["qualit:index:getCatalogue"]["outputs"]["properties"]
    taken = schema["types"]["qualit:index:Catalogue"]["properties"]
    assert set(looked_up) == set(taken)
    for listed in ("offers", "operatingSystems", "additionalResources"):
        assert looked_up[listed]["items"] == taken[listed]["items"]
