"""States that were stored earlier."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.terraform.host import AnswerError, Host


def upgraded(host: Host, stored: dict[str, Any], version: int = 1) -> Any:
    raw = {"json": json.dumps(stored).encode()}
    answer = host.call("UpgradeResourceState", type_name="qualit_box", version=version, raw_state=raw)
    return host.back("qualit_box", answer.upgraded_state)


def test_a_state_of_the_present_version_stays_as_it_is(host: Host) -> None:
    state = host.create(
        "qualit_box", name="a", big=10**37, disks=[{"gib": 1, "key_wo": None}], ports=[{"number": 1}], labels={"k": "v"}
    )
    assert state.values is not None
    assert upgraded(host, state.values) == state.values


def test_attributes_that_are_gone_are_dropped_and_new_ones_are_null_at_every_depth(host: Host) -> None:
    state = upgraded(host, {"name": "a", "colour": "red", "disks": [{"gib": 1, "maker": "x"}]}, version=0)
    assert state["name"] == "a"
    assert state["size"] is None
    assert state["disks"] == [{"gib": 1, "key_wo": None}]
    assert "colour" not in state


def test_a_state_of_a_newer_version_is_refused_with_both_versions_and_what_to_do(host: Host) -> None:
    with pytest.raises(
        AnswerError, match=r"has version 3, and this provider knows versions up to 1\. Upgrade the provider"
    ):
        upgraded(host, {"name": "a"}, version=3)


def test_a_state_from_before_terraform_0_12_is_refused(host: Host) -> None:
    with pytest.raises(AnswerError, match="flat map"):
        host.call("UpgradeResourceState", type_name="qualit_box", raw_state={"flatmap": {"name": "a"}})


def test_a_value_that_no_longer_fits_names_its_place_and_hides_itself(host: Host) -> None:
    with pytest.raises(AnswerError, match="size: a number is required") as refused:
        upgraded(host, {"name": "a", "size": "hunter2"})
    assert "hunter2" not in str(refused.value)
