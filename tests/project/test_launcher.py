"""What starts our code in a process of its own keeps a user's files of the same name out."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.cli.launcher import launcher_text
from provider.cli.plugin_folder import start_failure


def test_the_plugin_starts_in_a_folder_with_a_provider_py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "provider.py").write_text("raise SystemExit('the file of the user was imported')\n")
    launcher = tmp_path / "terraform-provider-qualit"
    launcher.write_text(launcher_text("terraform"))
    launcher.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert start_failure(launcher) is None
