"""`qualit cost` on a real Pulumi project: dynamic resources and native ones, priced and refused."""

from __future__ import annotations

import json

import pytest

from tests.cost.record import NATIVE
from tests.pulumi_story.workspace import VIRTUALENV, Run, Workspace

pytestmark = pytest.mark.cli

SERVER = """
web = qualit.Vps("web", name="web-1", offer="{offer}", term_months=3)
disk = qualit.Resource("disk", vps=web, type="disk", quantity=20)
"""


def cost(workspace: Workspace, *arguments: str) -> Run:
    return workspace._run([str(VIRTUALENV / "qualit"), "cost", ".", *arguments], keep_errors_apart=True)


@pytest.mark.parametrize("native", [False, True], ids=["dynamic", "native"])
def test_the_approver_of_a_stack_sees_what_it_costs_and_what_is_refused(workspace: Workspace, native: bool) -> None:
    workspace.at("2026-01-31T09:00:00Z")
    if native:
        workspace.qualit("pulumi", "install")
    (workspace.start_yaml if native else workspace.start)((NATIVE if native else SERVER).format(offer="vps-2"))
    write = workspace.write_yaml if native else workspace.write

    new = cost(workspace)
    assert new.exit_code == 0, new.output
    assert new.output.startswith("26.97 EUR to pay now, then 8.99 EUR a month (+8.99 EUR).")
    assert workspace.listing("orders") == []

    workspace.up()
    workspace.at("2026-02-14T09:00:00Z")
    write((NATIVE if native else SERVER).format(offer="vps-4"))
    improved = cost(workspace, "--format", "json", "--stack", "dev", "--fail-above", "15")
    assert improved.exit_code == 3
    shown = json.loads(improved.output)
    assert (shown["dueNow"], shown["pastTotalMonthlyCost"], shown["totalMonthlyCost"]) == ("17.70", "8.99", "15.99")
    assert [each["name"] for each in shown["projects"]] == ["shop/dev"]

    write((NATIVE if native else SERVER).format(offer="vps-1"))
    refused = cost(workspace)
    assert refused.exit_code == 1
    assert "Error: Downgrade refused: vps-2 to vps-1 (rule C2)" in refused.output
    assert cost(workspace, "--stack", "none").exit_code == 1
