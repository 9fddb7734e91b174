"""The scripts of packaging/: quiet, repeatable, and clear when something fails."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.project.tree import ROOT

STEP = ROOT / "packaging" / "step.sh"
TOOLS = ROOT / "packaging" / "tools.sh"


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, printed: str, exit_code: int = 0) -> None:
    """A command that prints one thing, whatever it is asked."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{printed}'\nexit {exit_code}\n")
    path.chmod(0o755)


def test_a_step_prints_one_line_and_keeps_the_details_in_its_log() -> None:
    ended = run(STEP, "Counting to three", "seq", "3")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "==> Counting to three\n", "")
    assert (ROOT / "build" / "logs" / "seq.log").read_text() == "==> Counting to three\n1\n2\n3\n"


def test_a_failed_step_names_its_log_and_shows_the_last_lines(tmp_path: Path) -> None:
    program(tmp_path, "breaks", "no room left", exit_code=7)
    ended = run(STEP, "Breaking", tmp_path / "breaks")
    assert ended.returncode == 1
    assert "failed with exit code 7" in ended.stderr
    assert "build/logs/breaks.log" in ended.stderr
    assert "no room left" in ended.stderr


def test_good_versions_on_path_are_used_and_nothing_is_built(tmp_path: Path) -> None:
    program(tmp_path, "terraform", "Terraform v1.15.9")
    program(tmp_path, "tofu", "OpenTofu v1.12.4")
    program(tmp_path, "pulumi", "v3.260.1")
    program(tmp_path, "stripe-mock", "stripe-mock 0.203.1")
    for language in ("python", "nodejs", "yaml"):
        program(tmp_path, f"pulumi-language-{language}", "")
    tools = tmp_path / "tools"
    ended = run(TOOLS, PATH=f"{tmp_path}:{os.environ['PATH']}", QUALIT_TOOLS_DIR=str(tools))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert [path.name for path in tools.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("name", "printed"), [("terraform", "Terraform v1.11.4"), ("tofu", "OpenTofu v1.12.6")], ids=["terraform", "tofu"]
)
def test_the_demo_is_content_with_either_tool(tmp_path: Path, name: str, printed: str) -> None:
    program(tmp_path, "terraform", "Terraform v1.5.7")
    program(tmp_path, "tofu", "OpenTofu v1.6.0")
    program(tmp_path, name, printed)
    ended = run(TOOLS, "any", PATH=f"{tmp_path}:{os.environ['PATH']}", QUALIT_TOOLS_DIR=str(tmp_path / "tools"))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
