"""The examples run as their READMEs say: previewed, bought, unchanged, ended."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from mypy import api

from tests.project.tree import ROOT
from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli

EXAMPLES = ROOT / "examples" / "pulumi"


def copied(workspace: Workspace, example: str) -> None:
    shutil.copytree(EXAMPLES / example, workspace.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("sdk"))
    workspace.run("stack", "init", "dev")


def test_the_python_example_knows_its_monthly_total_before_anything_is_bought(workspace: Workspace) -> None:
    copied(workspace, "python")
    shown = workspace.run("preview").output
    assert 'monthly_total : "41.96"' in shown
    assert workspace.listing("orders") == []
    workspace.up()
    assert workspace.outputs()["monthly_total"] == "41.96"
    assert workspace.paid() == ["20.97", "20.97", "3.99", "30.00", "41.97"]
    workspace.changes_nothing()
    assert "rule C8" in workspace.run("destroy", "--yes", "--skip-preview", fails=True).output
    workspace.run("config", "set", "protect", "false")
    workspace.up()
    workspace.run("destroy", "--yes", "--skip-preview")
    assert workspace.listing("servers") == []


def test_the_python_example_is_typed() -> None:
    output, errors, status = api.run(["--strict", "--config-file", "", str(EXAMPLES / "python")])
    assert status == 0, output + errors


def test_the_yaml_example_runs(workspace: Workspace) -> None:
    workspace.qualit("pulumi", "install")
    copied(workspace, "yaml")
    workspace.run("preview")
    workspace.up()
    assert workspace.outputs()["monthly"] == {"web": "6.99", "disk": "5.00", "worker": "3.99"}
    assert {server["name"]: server["power_state"] for server in workspace.listing("servers")} == {
        "web-1": "running",
        "worker-1": "sleeping",
    }
    workspace.changes_nothing()
    workspace.run("destroy", "--yes", "--skip-preview")
    assert workspace.listing("servers") == []


def test_the_typescript_example_runs_with_the_generated_sdk(workspace: Workspace) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on PATH")
    workspace.qualit("pulumi", "install")
    copied(workspace, "typescript")
    schema = workspace.folder / "schema.json"
    schema.write_text(workspace.run("package", "get-schema", "qualit").output)
    workspace.generate_sdk(schema, "nodejs", workspace.folder / "sdk")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline")
    for command in ((npm, "ci", *quiet), (npm, "exec", "--", "tsc", "--project", ".")):
        run = subprocess.run(command, cwd=workspace.folder, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
    assert 'monthlyTotal: "9.99"' in workspace.run("preview").output
    workspace.up()
    assert workspace.outputs()["monthlyTotal"] == "9.99"
    assert workspace.paid() == ["20.97", "3.00", "6.00"]
    workspace.run("destroy", "--yes", "--skip-preview")
