"""Prices over days, with the test clock: the worked examples of the rules, and plans that wait for their apply."""

from __future__ import annotations

import pytest

from tests.story.test_the_way_through import declare, paid
from tests.story.workspace import Workspace

pytestmark = pytest.mark.cli

ONE_MONTH = """
resource "qualit_vps" "web" {{
  name  = "web"
  offer = "{offer}"
}}
{more}
"""
FIFTY = """
resource "qualit_resource" "disk" {
  vps_id   = qualit_vps.web.id
  type     = "disk"
  quantity = 50
}
"""


def test_p3_the_worked_example_of_a_month_that_is_half_over(workspace: Workspace) -> None:
    workspace.at("2026-01-31T10:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-2", more=""))
    assert workspace.apply().exit_code == 0
    assert workspace.state()["qualit_vps.web"]["paid_until"] == "2026-02-28"
    workspace.at("2026-02-14T18:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-4", more=FIFTY))
    planned = workspace.plan()
    assert planned.exit_code == 0, planned.output
    changes = workspace.changes()
    assert changes["qualit_vps.web"]["after"]["charge"]["amount"] == "3.50"
    assert changes["qualit_resource.disk"]["after"]["charge"]["amount"] == "2.50"
    assert workspace.apply_saved().exit_code == 0
    assert paid(workspace) == ["6.99", "3.50", "2.50"]


def test_p5_a_plan_of_friday_applied_on_monday_charges_what_it_showed(workspace: Workspace) -> None:
    workspace.at("2026-03-06T16:00:00Z")
    declare(workspace, "vps-2", disk=20)
    assert workspace.plan().exit_code == 0
    workspace.at("2026-03-09T09:00:00Z")
    applied = workspace.apply_saved()
    assert applied.exit_code == 0, applied.output
    assert paid(workspace) == ["20.97", "6.00"]
    assert workspace.state()["qualit_vps.web"]["paid_until"] == "2026-06-09"


def test_p5_an_improvement_planned_days_ago_charges_what_it_showed(workspace: Workspace) -> None:
    workspace.at("2026-03-02T09:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-2", more=""))
    assert workspace.apply().exit_code == 0
    workspace.at("2026-03-06T16:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-4", more=""))
    assert workspace.plan().exit_code == 0
    shown = workspace.changes()["qualit_vps.web"]["after"]["charge"]["amount"]
    workspace.at("2026-03-09T09:00:00Z")
    applied = workspace.apply_saved()
    assert applied.exit_code == 0, applied.output
    assert paid(workspace) == ["6.99", shown]


def test_p5_an_expired_quote_whose_price_changed_orders_nothing(workspace: Workspace) -> None:
    workspace.at("2026-03-02T09:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-2", more=""))
    assert workspace.apply().exit_code == 0
    workspace.write(ONE_MONTH.format(offer="vps-4", more=""))
    assert workspace.plan().exit_code == 0
    workspace.at("2026-03-20T09:00:00Z")
    refused = workspace.apply_saved()
    assert refused.exit_code == 1
    assert "rule P5" in refused.text
    assert "7.00 EUR" in refused.text
    assert paid(workspace) == ["6.99"]


def test_p5_an_expired_quote_whose_price_is_the_same_goes_through(workspace: Workspace) -> None:
    workspace.at("2026-03-02T09:00:00Z")
    workspace.write(ONE_MONTH.format(offer="vps-2", more=""))
    assert workspace.plan().exit_code == 0
    workspace.at("2026-03-20T09:00:00Z")
    applied = workspace.apply_saved()
    assert applied.exit_code == 0, applied.output
    assert paid(workspace) == ["6.99"]


def test_n1_applying_a_plan_file_twice_buys_once(workspace: Workspace) -> None:
    workspace.write(ONE_MONTH.format(offer="vps-2", more=""))
    assert workspace.plan().exit_code == 0
    assert workspace.apply_saved().exit_code == 0
    assert workspace.apply_saved().exit_code == 1
    assert paid(workspace) == ["6.99"]
