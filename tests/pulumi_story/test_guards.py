"""Guards with the real CLI: what a month may cost, at preview and at up, for the native plugin and for Python alone."""

from __future__ import annotations

import pytest

from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli

YAML = """
resources:
  web:
    type: qualit:Vps
    properties: {{ name: web, offer: {offer} }}
  app:
    type: qualit:Vps
    properties: {{ name: app, offer: vps-2 }}
"""
PYTHON = """
import pulumi_qualit as qualit

qualit.Vps("web", name="web", offer="{offer}", payment_method="test-visa")
qualit.Vps("app", name="app", offer="vps-2", payment_method="test-visa")
"""


@pytest.mark.parametrize("language", ["yaml", "python"])
def test_p9_a_preview_and_an_up_keep_to_the_months_limit(workspace: Workspace, language: str) -> None:
    workspace.at("2026-01-31T09:00:00Z")
    if language == "yaml":
        workspace.qualit("pulumi", "install")
        start, write, program = workspace.start_yaml, workspace.write_yaml, YAML
    else:
        start, write, program = workspace.start, workspace.write, PYTHON
    workspace.qualit("account", "spending-limit", "13.97")
    start(program.format(offer="vps-4"))
    assert "This change is above the spending limit (rule P9)" in workspace.refused()
    write(program.format(offer="vps-2"))
    assert "The plan as a whole is above the spending limit (rule P9)" in workspace.refused()
    assert workspace.listing("orders") == []

    workspace.qualit("account", "spending-limit", "13.98")
    workspace.run("up", "--yes")  # Which previews before it updates.
    assert workspace.paid() == ["6.99", "6.99"]
    workspace.changes_nothing()
    write(program.format(offer="vps-4"))
    assert "0.00 EUR are left" in workspace.refused()
    assert workspace.paid() == ["6.99", "6.99"]
