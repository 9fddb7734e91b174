"""`qualit cost --reviewed`: what is planned has to be what was approved, at its prices (P5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provider.cost.breakdown import as_json
from provider.cost.model import UnreadableError
from provider.cost.reviewed import differences, read_reviewed
from tests.cost.conftest import RECORDED, project, read, recorded, report


def approved(*names: str) -> dict[str, Any]:
    return read_reviewed(as_json(report(*map(project, names))).encode(), "cost.json")


@pytest.mark.parametrize(
    "name",
    [path.stem for path in sorted(RECORDED.glob("*.json")) if not path.stem.endswith(("refused", "unknown"))],
)
def test_p5_the_same_plan_is_what_was_approved(name: str) -> None:
    assert differences(report(project(name)), approved(name)) == ()


def test_p5_another_price_is_not_what_was_approved() -> None:
    document = recorded("pulumi-native-improved")
    for each in document["diagnostics"]:
        each["message"] = each["message"].replace("17.70", "16.28")
    [difference] = differences(report(read(document)), approved("pulumi-native-improved"))
    assert difference.startswith(
        "web: approved was to change it for 17.70 EUR now and 13.99 EUR a month (improvement: "
    )
    assert ", planned is to change it for 16.28 EUR now and 13.99 EUR a month (improvement: " in difference


def test_p5_what_was_not_planned_then_or_is_not_now_is_told() -> None:
    told = differences(report(project("terraform-destroyed")), approved("terraform-improved"))
    assert "qualit_vps.web: approved was to change it for 17.70 EUR" in told[0]
    assert told[0].endswith(", planned is its end")
    assert "qualit_order.annual: approved was no change, planned is its end" in told
    reverse = differences(report(project("terraform-improved")), approved("terraform-destroyed"))
    assert "qualit_order.annual: approved was its end, planned is no change" in reverse


def test_p7_an_unknown_price_was_never_approved() -> None:
    [difference] = differences(report(project("terraform-unknown")), approved("terraform-unknown"))
    assert "planned is to create it for an unknown amount now and an unknown amount a month" in difference


def test_several_projects_are_compared_each_with_itself() -> None:
    both = report(project("pulumi-new"), project("terraform-new"))
    assert differences(both, read_reviewed(as_json(both).encode(), "cost.json")) == ()
    [difference] = differences(
        report(project("pulumi-new"), project("terraform-foreign")), approved("pulumi-improved", "terraform-foreign")
    )[:1]
    assert difference.startswith("shop/dev: web: approved was to change it")


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"", "cost.json is empty"),
        (b"[]", "cost.json is no plan"),
        (b'{"projects": [', "cost.json ends in the middle"),
        (json.dumps(recorded("terraform-new")).encode(), "cost.json is no report of version 1"),
        (b'{"qualitVersion": "1", "projects": [{"name": 1}], "failures": []}', "cost.json is no report of version 1"),
        (as_json(report(project("pulumi-refused"))).encode(), "cost.json is a report of something that was refused"),
    ],
)
def test_what_is_no_report_of_an_approved_plan_is_told(content: bytes, summary: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_reviewed(content, "cost.json")
    assert raised.value.summary == summary
    assert raised.value.detail
