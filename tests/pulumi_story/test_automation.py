"""The same way through the Automation API, with an inline program: what a team's own tool would do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli


def test_an_inline_program_previews_buys_improves_and_ends(workspace: Workspace) -> None:
    script = Path(__file__).with_name("inline.py")
    run = subprocess.run(
        [sys.executable, str(script), str(workspace.folder)],
        env=workspace.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["planned"] == {"create": 3}
    assert "Vps web create Will charge 20.97 EUR now" in told["said"]
    assert told["bought"]["charge"]["amount"] == "6.00"
    assert (told["bought"]["vcpus"], told["improved"]["vcpus"]) == (2, 4)
    assert "rule C3" in told["refusal"]
    assert told["ended"] == "succeeded"
    assert workspace.paid() == ["20.97", "21.00", "6.00"]
    assert workspace.listing("servers") == []
