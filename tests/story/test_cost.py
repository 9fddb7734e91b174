"""`qualit cost` on a real folder: Terraform plans it, what is refused is told, and nothing is ordered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.story.tools import Tool
from tests.story.workspace import Run, Workspace

pytestmark = pytest.mark.cli

SERVER = """
resource "qualit_vps" "web" {{
  name        = "web-1"
  offer       = "{offer}"
  term_months = 3
}}
"""


def cost(workspace: Workspace, *arguments: str) -> Run:
    return workspace.run_qualit("cost", *arguments)


def test_the_approver_of_a_folder_sees_what_it_costs_and_what_is_refused(tmp_path: Path, tool: Tool) -> None:
    workspace = Workspace(tmp_path, tool.path(), "test:///default")
    workspace.environment["PATH"] = f"{Path(tool.path()).parent}:{workspace.environment['PATH']}"
    workspace.at("2026-01-31T09:00:00Z")
    not_initialised = cost(workspace, str(workspace.folder))
    assert not_initialised.exit_code == 1
    workspace.install()

    # A new server: priced, and not ordered.
    workspace.write(SERVER.format(offer="vps-2"))
    new = cost(workspace, str(workspace.folder))
    assert new.exit_code == 0, new.output
    assert "20.97 EUR to pay now, then 6.99 EUR a month (+6.99 EUR)." in new.output
    assert workspace.listing("orders") == []

    # Bought, it is read from the state, and its improvement is priced; a limit has its exit code.
    applied = workspace.apply()
    assert applied.exit_code == 0, applied.output
    workspace.at("2026-02-14T09:00:00Z")
    (workspace.folder / "state.json").write_text(workspace.run("show", "-json").output)
    assert cost(workspace, "state.json").output.startswith("6.99 EUR a month.")
    workspace.write(SERVER.format(offer="vps-4"))
    improved = cost(workspace, ".", "--format", "json", "--fail-on-increase")
    assert improved.exit_code == 4
    shown = json.loads(improved.output[: improved.output.rindex("}") + 1])
    assert (shown["dueNow"], shown["diffTotalMonthlyCost"]) == ("17.70", "7.00")

    # A binary plan is not its JSON.
    assert workspace.plan().exit_code == 0
    assert "terraform show -json saved.tfplan > plan.json" in cost(workspace, "saved.tfplan").text

    # A downgrade is refused with the tool's own words, and what there is is shown.
    workspace.write(SERVER.format(offer="vps-1"))
    refused = cost(workspace, ".")
    assert refused.exit_code == 1
    assert "Error: Downgrade refused: vps-2 to vps-1 (rule C2) with qualit_vps.web" in refused.text
    assert "not planned" in refused.text

    # The end says what is lost.
    assert workspace.plan("-destroy", "-refresh=false").exit_code == 0
    (workspace.folder / "plan.json").write_text(workspace.run("show", "-json", "saved.tfplan").output)
    ended = cost(workspace, "plan.json", "--format", "markdown")
    assert ended.exit_code == 0
    assert "Ends, paid until 2026-04-30: the machine and its disk are deleted" in ended.text
