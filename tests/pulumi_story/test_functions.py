"""The functions in programs that Pulumi runs: what the document shows."""

from __future__ import annotations

import re

import pytest

from tests.project.tree import ROOT
from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli


def shown(language: str) -> str:
    (program,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "functions.md").read_text(), re.DOTALL)
    return str(program)


def test_a_program_in_python_buys_what_the_catalogue_chose(workspace: Workspace) -> None:
    asked = 'pulumi.export("found", {"allowed": allowed, "year": year.due_now, "month": found.monthly_price})\n'
    workspace.start(shown("python") + asked)
    workspace.up()
    assert sorted(workspace.paid()) == ["2.00", "3.00", "6.99"]
    assert workspace.outputs()["found"] == {"allowed": True, "year": "143.88", "month": "11.99"}
    workspace.changes_nothing()


def test_a_program_in_yaml_asks_the_native_plugin(workspace: Workspace) -> None:
    workspace.qualit("pulumi", "install")
    asked = """
  month:
    fn::invoke:
      function: qualit:monthlyPrice
      arguments:
        catalogue: ${sold}
        wanted: { offer: "${found.offer}", additionalResources: "${found.additionalResources}" }
outputs:
  found: ${found.additionalResources}
  month: ${month.result}
"""
    workspace.start_yaml(shown("yaml") + asked)
    workspace.up()
    assert workspace.outputs() == {"found": {"memory": 2, "vcpu": 1}, "month": "11.99"}
