"""The examples that a user copies: each is applied as it stands, and the plan after it has nothing to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.story.workspace import Workspace

pytestmark = pytest.mark.cli

EXAMPLES = Path(__file__).parents[2] / "examples" / "terraform"


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_an_example_can_be_applied_as_it_stands(example: str, workspace: Workspace) -> None:
    workspace.environment["QUALIT_PAYMENT_METHOD"] = "test-visa"
    shutil.copytree(EXAMPLES / example, workspace.folder, dirs_exist_ok=True)
    assert workspace.run("init", "-input=false").exit_code == 0
    applied = workspace.apply()
    assert applied.exit_code == 0, applied.output
    again = workspace.plan("-detailed-exitcode")
    assert again.exit_code == 0, again.output


def test_a_plan_as_json_has_the_charge_for_policy_tools(workspace: Workspace) -> None:
    workspace.environment["QUALIT_PAYMENT_METHOD"] = "test-visa"
    shutil.copytree(EXAMPLES / "server", workspace.folder, dirs_exist_ok=True)
    assert workspace.plan().exit_code == 0
    changes = workspace.changes().values()
    charges = [change["after"]["charge"]["amount"] for change in changes]
    assert charges
    assert json.dumps(charges).count(".") == len(charges)
