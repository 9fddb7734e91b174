"""`qualit terraform install`: the plugin where `terraform init` and `tofu init` look by themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider import __version__
from provider.cli.plugin_folder import REQUIRED_PROVIDERS
from tests.cli.conftest import Qualit
from tests.story.tools import OPENTOFU_1_12, TERRAFORM_1_15, Tool


def test_a_launcher_lies_in_the_mirror_layout_of_both_programs(qualit: Qualit, user: Path) -> None:
    launchers = qualit("terraform", "install", "--json").json()["launchers"]
    for program, host in (("terraform", "registry.terraform.io"), ("tofu", "registry.opentofu.org")):
        path = Path(launchers[program])
        folder = user / ".terraform.d" / "plugins" / host / "qualit" / "qualit" / __version__
        assert path.parent.parent == folder
        assert path.name == f"terraform-provider-qualit_v{__version__}"
        assert os.access(path, os.X_OK)


def test_the_launcher_runs_this_python_without_the_users_folder_and_environment(qualit: Qualit) -> None:
    launchers = qualit("terraform", "install", "--json").json()["launchers"]
    text = Path(launchers["terraform"]).read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert f'exec {sys.executable} -P -E -m provider.terraform "$@"' in text


def test_it_prints_the_block_to_write(qualit: Qualit) -> None:
    ended = qualit("terraform", "install")
    assert ended.exit_code == 0
    assert REQUIRED_PROVIDERS in ended.out


def test_installing_twice_changes_nothing_and_warns_of_nothing(qualit: Qualit) -> None:
    first, second = qualit("terraform", "install"), qualit("terraform", "install")
    assert first.out == second.out
    assert ".terraform.lock.hcl" not in second.out


def test_replacing_another_installations_plugin_says_what_to_do_about_lock_files(qualit: Qualit) -> None:
    launchers = qualit("terraform", "install", "--json").json()["launchers"]
    Path(launchers["terraform"]).write_text("#!/bin/sh\nexec /elsewhere\n", encoding="utf-8")
    assert ".terraform.lock.hcl" in qualit("terraform", "install").out


def test_a_mirror_elsewhere_comes_with_the_block_that_makes_it_searched(qualit: Qualit, tmp_path: Path) -> None:
    mirror = tmp_path / "a mirror"
    ended = qualit("terraform", "install", "--dir", str(mirror))
    assert f'path    = "{mirror}"' in ended.out
    assert sorted(path.name for path in mirror.iterdir()) == ["registry.opentofu.org", "registry.terraform.io"]


def test_a_cli_configuration_that_replaces_the_search_is_pointed_out(qualit: Qualit, user: Path) -> None:
    (user / ".terraformrc").write_text("provider_installation {\n  direct {}\n}\n", encoding="utf-8")
    ended = qualit("terraform", "install")
    assert f"{user / '.terraformrc'} has a provider_installation block" in ended.out
    assert "filesystem_mirror" in ended.out


def test_a_folder_that_cannot_be_made_is_told_without_a_traceback(qualit: Qualit, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ended = qualit("terraform", "install", "--dir", str(file))
    assert ended.exit_code == 1
    assert "The plugin cannot be installed" in ended.err
    assert "--dir" in ended.err


@pytest.mark.cli
@pytest.mark.parametrize("tool", [TERRAFORM_1_15, OPENTOFU_1_12], ids=lambda tool: tool.name)
def test_init_finds_it_without_any_configuration(qualit: Qualit, tmp_path: Path, tool: Tool) -> None:
    qualit("terraform", "install")
    (tmp_path / "main.tf").write_text(REQUIRED_PROVIDERS, encoding="utf-8")
    ended = subprocess.run(
        [tool.path(), "init", "-no-color"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert f"Installed qualit/qualit v{__version__}" in ended.stdout, ended.stderr
