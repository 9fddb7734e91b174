"""The functions of the Python package, through a real plugin process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

import pulumi_qualit as qualit
from pulumi_qualit import _plugin


@pytest.fixture(autouse=True)
def _plugin_process(settings: dict[str, str]) -> Iterator[None]:
    pulumi.runtime.set_all_config(settings)
    yield
    pulumi.runtime.set_all_config({})
    if _plugin._shared is not None:
        _plugin._shared.close()
        _plugin._shared = None


def test_the_catalogue_chooses_the_cheapest_offer() -> None:
    sold = qualit.get_catalogue()
    found = qualit.cheapest_offer(sold, {"vcpus": 3, "memory_gib": 6})
    assert (found.offer, found.additional_resources, found.os) == ("vps-2", {"vcpu": 1, "memory": 2}, None)
    assert (found.monthly_price, found.characteristics.memory_gib) == ("11.99", 6)
    assert qualit.monthly_price(sold, found) == "11.99"


def test_a_solution_is_an_offer_or_a_dictionary() -> None:
    sold = qualit.get_catalogue()
    assert qualit.monthly_price(sold, {"offer": "vps-2", "additional_resources": {"disk": 50}}) == "11.99"
    assert qualit.is_improvement(sold, "vps-2", "vps-4") is True
    assert qualit.is_improvement(sold, "vps-4", {"offer": "mem-2"}) is False


def test_what_cannot_be_used_is_an_error_that_names_it() -> None:
    with pytest.raises(qualit.QualitError, match=r"wanted: Unknown offer \(rule S1\)"):
        qualit.monthly_price(qualit.get_catalogue(), "vps-3")


def test_a_price_is_looked_up_for_a_day(tmp_path: Path) -> None:
    price = qualit.get_price(offer="vps-2", term_months=3, additional_resources={"disk": 50})
    assert (price.due_now, price.monthly_price, price.problems) == ("35.97", "11.99", [])
    refused = qualit.get_price(offer="vps-3")
    assert (refused.due_now, refused.problems[0].rule) == (None, "S1")
