"""`qualit pulumi install`: the native plugin where the Pulumi CLI looks by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider import __version__
from tests.cli.conftest import Qualit


@pytest.fixture(autouse=True)
def _no_pulumi_home(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_HOME", raising=False)


def test_the_launcher_lies_in_the_plugin_folder_of_the_user(qualit: Qualit, user: Path) -> None:
    launcher = Path(qualit("pulumi", "install", "--json").json()["launcher"])
    folder = user / ".pulumi" / "plugins" / f"resource-qualit-v{__version__}"
    assert launcher == folder / "pulumi-resource-qualit"
    assert os.access(launcher, os.X_OK)
    assert f'exec {sys.executable} -P -E -m provider.pulumi "$@"' in launcher.read_text(encoding="utf-8")


def test_pulumi_home_says_where_that_folder_is(qualit: Qualit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "elsewhere"))
    launcher = Path(qualit("pulumi", "install", "--json").json()["launcher"])
    assert launcher.is_relative_to(tmp_path / "elsewhere" / "plugins")


def test_a_folder_of_ones_own_comes_with_what_makes_it_found(qualit: Qualit, tmp_path: Path) -> None:
    ended = qualit("pulumi", "install", "--dir", str(tmp_path / "a folder"))
    assert f'path: "{tmp_path / "a folder"}"' in ended.out
    assert (tmp_path / "a folder" / "pulumi-resource-qualit").exists()


def test_it_says_what_to_write(qualit: Qualit) -> None:
    assert "type: qualit:Vps" in qualit("pulumi", "install").out


def test_the_launcher_starts_a_plugin_that_tells_its_port(qualit: Qualit) -> None:
    launcher = qualit("pulumi", "install", "--json").json()["launcher"]
    with subprocess.Popen([launcher], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as plugin:
        assert plugin.stdout is not None
        assert int(plugin.stdout.readline()) > 0
        plugin.terminate()
    assert plugin.returncode == 0


def test_a_folder_that_cannot_be_made_is_told_without_a_traceback(qualit: Qualit, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ended = qualit("pulumi", "install", "--dir", str(file))
    assert ended.exit_code == 1
    assert "The plugin cannot be installed" in ended.err
