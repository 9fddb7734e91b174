"""What importing the package costs a program, and what it must not touch there."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

from pulumi_qualit._base import _serialized

REPORT = """
import json, sys
import pulumi
before = set(sys.modules)
import pulumi_qualit
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def imported(folder: Path) -> list[str]:
    """What a program in this folder loads with the package, beyond Pulumi's own SDK."""
    (folder / "__main__.py").write_text(REPORT)
    ended = subprocess.run([sys.executable, str(folder)], capture_output=True, text=True, check=True)
    modules: list[str] = json.loads(ended.stdout)
    return modules


def test_a_program_may_have_a_file_called_provider(tmp_path: Path) -> None:
    (tmp_path / "provider.py").write_text("raise RuntimeError('not meant')\n")
    assert "pulumi_qualit" in imported(tmp_path)


def test_importing_it_loads_nothing_else_than_itself(tmp_path: Path) -> None:
    assert {name.partition(".")[0] for name in imported(tmp_path)} == {"pulumi_qualit"}


def test_the_state_holds_a_reference_to_the_provider_and_nothing_of_the_program() -> None:
    """The names in it have to stay: they are in the states of everyone who uses the package."""
    for kind, provider in (("Vps", "Vps"), ("Order", "Order"), ("Resource", "AdditionalResource")):
        pickled = base64.b64decode(_serialized(kind))
        assert b"pulumi_qualit._dynamic" in pickled
        assert f"{provider}Provider".encode() in pickled
        assert len(pickled) < 80
