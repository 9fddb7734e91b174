"""The data source `qualit_price`: what a wish would cost, and why it cannot be bought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provider.backend.embedded import EmbeddedBackend
from tests.terraform.host import AnswerError, Host


def test_p2_a_new_server_is_priced_with_its_lines_and_unit_prices(host: Host) -> None:
    found = host.look_up("qualit_price", offer="vps-2", term_months=3, additional_resources={"disk": 50})
    assert (found["due_now"], found["monthly_price"], found["monthly_price_before"]) == ("35.97", "11.99", "0.00")
    assert [line["amount"] for line in found["lines"]] == ["20.97", "15.00"]
    assert (found["unit_prices"]["disk"], found["currency"], found["problems"]) == ("0.10", "EUR", [])


def test_p3_a_change_costs_what_its_plan_charges(host: Host) -> None:
    state = host.create("qualit_vps", name="web", offer="vps-2", term_months=3)
    found = host.look_up("qualit_price", server="web", offer="vps-4", additional_resources={"disk": 50})
    assert state.values is not None
    plan = host.plan("qualit_vps", host.config("qualit_vps", name="web", offer="vps-4"), state)
    assert plan.planned is not None
    assert found["lines"][0]["amount"] == plan.planned["charge"]["amount"]
    assert (found["monthly_price_before"], found["monthly_price"]) == ("6.99", "18.99")
    assert found["paid_until"] == state.values["paid_until"]


def test_p3_a_later_day_costs_less(host: Host) -> None:
    host.create("qualit_vps", name="web", offer="vps-2", term_months=3)
    later = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    today = host.look_up("qualit_price", server="web", offer="vps-4")
    found = host.look_up("qualit_price", server="web", offer="vps-4", on=later)
    assert float(found["due_now"]) < float(today["due_now"])
    assert (found["priced_on"], found["on"]) == (later, later)


def test_c2_a_downgrade_is_a_problem_and_no_error(host: Host) -> None:
    host.create("qualit_vps", name="web", offer="vps-2")
    found = host.look_up("qualit_price", server="web", offer="vps-1")
    assert [(each["rule"], each["attribute"]) for each in found["problems"]] == [("C2", "offer")]
    assert (found["due_now"], found["monthly_price"], found["paid_until"], found["lines"]) == (None, None, None, [])
    assert (found["monthly_price_before"], found["unit_prices"]["disk"]) == ("6.99", "0.10")


def test_c7_what_has_to_be_allowed_is_said(host: Host) -> None:
    host.create("qualit_vps", name="web", offer="vps-2")
    assert host.look_up("qualit_price", server="web", os="ubuntu-24.04")["requires"] == ["allow_reinstall"]
    assert host.look_up("qualit_price", server="web", offer="vps-4")["requires"] == []


def test_a_day_that_is_past_is_a_problem_so_that_a_configuration_does_not_break_with_time(host: Host) -> None:
    found = host.look_up("qualit_price", offer="vps-2", on="2020-01-01")
    assert [(each["rule"], each["attribute"]) for each in found["problems"]] == [("L7", "on")]


def test_nothing_is_stored_by_asking(host: Host, backend: EmbeddedBackend) -> None:
    host.look_up("qualit_price", offer="vps-2", additional_resources={"disk": 50})
    assert backend.orders() == []
    assert host.look_up("qualit_price", offer="vps-2")["due_now"] == "6.99"
    assert backend.expected_contract(backend.identity("vps", "web").server_id or "") is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "Write the offer of a new server"),
        ({"offer": "vps-2", "renew": True}, "Write which one: server = NAME"),
        ({"server": "web", "term_months": 3}, "Write renew = true"),
        ({"offer": "vps-2", "on": "24.12.2026"}, 'on is "24.12.2026", which is not a day'),
        ({"offer": "vps-2", "additional_resources": {"gpu": 1}}, '"gpu" is not an additional resource'),
        ({"server": "wbe", "offer": "vps-4"}, "Servers: web"),
        ({"offer": "vps-2", "term_months": 5}, "it can be one of 1, 3, 6, 12"),
    ],
)
def test_a_question_that_is_none_is_an_error(host: Host, asked: dict[str, object], words: str) -> None:
    host.create("qualit_vps", name="web", offer="vps-2")
    with pytest.raises(AnswerError, match=words):
        host.look_up("qualit_price", **asked)
