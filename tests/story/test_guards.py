"""Guards with the real CLI: what a month and a change may charge, at plan and with two applies at the same moment."""

from __future__ import annotations

import shutil
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from tests.story.tools import Tool
from tests.story.workspace import Run, Workspace

pytestmark = pytest.mark.cli

CLOCK = "2026-01-31T09:00:00Z"


def server(name: str, offer: str = "vps-2", more: str = "") -> str:
    return f'resource "qualit_vps" "{name}" {{\n  name  = "{name}"\n  offer = "{offer}"\n  {more}\n}}\n'


def beside(workspace: Workspace, folder: Path) -> Workspace:
    """Another checkout with the same state and the same saved plan, on the same account."""
    other = Workspace(folder, workspace.tool, "test:///default")
    shutil.copytree(workspace.folder, other.folder, dirs_exist_ok=True, symlinks=True)
    other.environment = workspace.environment
    other.platform = workspace.platform
    return other


def apply_at_once(*workspaces: Workspace) -> list[Run]:
    """Apply the saved plan of each at the same moment."""
    runs: list[Run] = []
    threads = [threading.Thread(target=lambda w=w: runs.append(w.apply_saved())) for w in workspaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return runs


def charged(workspace: Workspace) -> Decimal:
    payments = workspace.listing("payments")
    return sum((Decimal(str(p["amount"])) for p in payments if p["status"] == "succeeded"), Decimal("0.00"))


def test_p9_of_two_applies_at_once_that_fit_one_by_one_only_one_is_charged(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.at(CLOCK)
    workspace.qualit("account", "spending-limit", "10.00")
    other = beside(workspace, tmp_path / "other")
    workspace.write(server("web"))
    other.write(server("app"))
    for each in (workspace, other):
        planned = each.plan()
        assert planned.exit_code == 0, planned.output

    runs = apply_at_once(workspace, other)

    (refused,) = [run for run in runs if run.exit_code]
    assert "(rule P9)" in refused.text
    assert "are left of the account's spending limit of 10.00 for January 2026" in refused.text
    assert charged(workspace) == Decimal("6.99")
    assert [order["status"] for order in workspace.listing("orders")] == ["active"]
    assert len(workspace.state()) + len(other.state()) == 1
    workspace.qualit("account", "spending-limit", "13.98")
    again = [each.apply() for each in (workspace, other)]
    assert [run.exit_code for run in again] == [0, 0], again
    assert charged(workspace) == Decimal("13.98")


def test_p7_of_two_applies_at_once_none_charges_more_than_max_charge(workspace: Workspace, tmp_path: Path) -> None:
    workspace.at(CLOCK)
    workspace.write(server("web"))
    assert workspace.apply().exit_code == 0
    other = beside(workspace, tmp_path / "other")
    workspace.write(server("web", "vps-4", 'max_charge = "7.00"'))
    other.write(server("web", "vps-8", 'max_charge = "21.00"'))
    for each in (workspace, other):
        planned = each.plan()
        assert planned.exit_code == 0, planned.output

    runs = apply_at_once(workspace, other)

    orders = workspace.listing("orders")
    assert [order["status"] for order in orders] == ["active", "active"], "one improvement was bought"
    limits = {"vps-2 to vps-4": Decimal("7.00"), "vps-2 to vps-8": Decimal("21.00")}
    bought = orders[1]["description"].removeprefix("improvement: ")
    assert Decimal(orders[1]["amount"]) <= limits[bought]
    assert charged(workspace) == Decimal("6.99") + Decimal(orders[1]["amount"])
    (refused,) = [run for run in runs if run.exit_code]
    assert "rule N6" in refused.text or "rule L4" in refused.text, refused.output


def test_p9_at_plan_one_charge_and_several_together_are_refused_and_nothing_is_ordered(
    tool: Tool, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path, tool.path(), "test:///default")
    workspace.install()
    workspace.at(CLOCK)
    workspace.qualit("account", "spending-limit", "10.00")
    workspace.write(server("web", "vps-4"))
    alone = workspace.plan()
    assert alone.exit_code == 1
    assert "This change is above the spending limit (rule P9)" in alone.text
    assert "charges 13.99 EUR, and 10.00 EUR are left" in alone.text
    workspace.write(server("web") + server("app"))
    together = workspace.plan()
    assert together.exit_code == 1
    assert "The plan as a whole is above the spending limit (rule P9)" in together.text
    assert "charges 13.98 EUR so far, and 10.00 EUR are left" in together.text
    assert workspace.listing("orders") == []

    workspace.qualit("account", "spending-limit", "13.98")
    applied = workspace.apply()
    assert applied.exit_code == 0, applied.output
    assert "spending limit" not in applied.text
    assert charged(workspace) == Decimal("13.98")
    assert workspace.plan("-detailed-exitcode").exit_code == 0, "what is bought needs no room any more"
