"""`qualit doctor`: what is missing on a machine, and how to get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Qualit


def checks(ended: Ended) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in ended.json()["checks"]}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `terraform` that says its version and nothing else, first and alone on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "terraform"
    path.write_text("#!/bin/sh\necho 'Terraform v1.11.4'\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return path


def test_what_is_missing_ends_with_one_and_each_has_a_remedy(
    qualit: Qualit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = qualit("doctor", "--json")
    assert ended.exit_code == 1
    assert ended.json()["ok"] is False
    missing = {name: check for name, check in checks(ended).items() if not check["ok"]}
    assert set(missing) == {"Terraform or OpenTofu", "Plugin"}
    assert "Install Terraform 1.11 or OpenTofu 1.12" in missing["Terraform or OpenTofu"]["remedy"]
    assert "qualit terraform install" in missing["Plugin"]["remedy"]


def test_a_person_reads_the_remedy_below_what_is_missing(qualit: Qualit, program: Path) -> None:
    ended = qualit("doctor")
    assert ended.exit_code == 1
    lines = ended.out.splitlines()
    plugin = next(number for number, line in enumerate(lines) if line.startswith("MISSING  Plugin"))
    assert lines[plugin + 1].strip() == "Run `qualit terraform install`."
    assert lines[-1] == "Missing: Plugin."


def test_a_machine_with_everything_ends_with_zero(qualit: Qualit, program: Path) -> None:
    qualit("terraform", "install")
    ended = qualit("doctor", "--json")
    assert (ended.exit_code, ended.json()["ok"]) == (0, True), ended.out
    assert checks(ended)["libvirt"]["limited"] is True
    assert checks(ended)["Terraform finds it"]["ok"] is True


def test_looking_makes_no_home(qualit: Qualit, program: Path, user: Path) -> None:
    qualit("doctor")
    assert list(user.iterdir()) == []


def test_a_terraform_that_is_too_old_is_told(qualit: Qualit, program: Path) -> None:
    program.write_text("#!/bin/sh\necho 'Terraform v1.5.7'\n", encoding="utf-8")
    check = checks(qualit("doctor", "--json"))["Terraform or OpenTofu"]
    assert (check["ok"], check["detail"]) == (False, "Terraform 1.5.7 on PATH is too old")


def test_a_plugin_that_does_not_start_is_told_with_what_it_said(qualit: Qualit, program: Path) -> None:
    launchers = qualit("terraform", "install", "--json").json()["launchers"]
    Path(launchers["terraform"]).write_text("#!/bin/sh\necho 'no such Python' >&2\nexit 1\n", encoding="utf-8")
    check = checks(qualit("doctor", "--json"))["Plugin"]
    assert check["ok"] is False
    assert "no such Python" in check["detail"]


def test_an_init_that_does_not_find_the_plugin_is_told_with_what_it_said(qualit: Qualit, program: Path) -> None:
    qualit("terraform", "install")
    program.write_text(
        "#!/bin/sh\n[ \"$1\" = version ] && echo 'Terraform v1.11.4' && exit\necho 'Error: no mirror' >&2; exit 1\n",
        encoding="utf-8",
    )
    check = checks(qualit("doctor", "--json"))["Terraform finds it"]
    assert check["ok"] is False
    assert "Error: no mirror" in check["detail"]


def test_a_home_that_cannot_be_written_is_told(
    qualit: Qualit, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("QUALIT_HOME", str(tmp_path / "file" / "home"))
    check = checks(qualit("doctor", "--json"))["Home"]
    assert check["ok"] is False
    assert "QUALIT_HOME" in check["remedy"]


def test_a_broken_catalogue_is_told_once_and_hides_nothing_else(
    qualit: Qualit, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text("version: '1'\n", encoding="utf-8")
    monkeypatch.setenv("QUALIT_CATALOGUE", str(file))
    found = checks(qualit("doctor", "--json"))
    assert found["Catalogue"]["ok"] is False
    assert str(file) in found["Catalogue"]["detail"]
    assert found["libvirt"]["ok"] is True
    assert "Database" not in found


def test_l7_a_home_on_another_clock_is_told(
    qualit: Qualit, program: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "2026-01-31T09:00:00Z")
    qualit("orders")
    assert checks(qualit("doctor", "--json"))["Database"]["ok"] is True
    monkeypatch.delenv("QUALIT_TEST_CLOCK")
    check = checks(qualit("doctor", "--json"))["Database and gateway"]
    assert check["ok"] is False
    assert "QUALIT_TEST_CLOCK" in check["remedy"]


def test_without_the_platform_the_client_says_what_to_install(user: Path) -> None:
    for command in ("doctor", "servers"):
        program = (
            f"import sys\nsys.modules['sqlalchemy'] = None\nfrom provider.cli.main import main\nmain(['{command}'])\n"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        said = ended.stdout + ended.stderr
        assert "Traceback" not in said
        assert "sqlalchemy" in said
        assert "pip install '.[platform]'" in said


def test_each_error_of_a_catalogue_stands_below_the_other(
    qualit: Qualit, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text("version: '1'\ncurrency: euro\n", encoding="utf-8")
    monkeypatch.setenv("QUALIT_CATALOGUE", str(catalogue))
    lines = [line for line in qualit("doctor").out.splitlines() if str(catalogue) in line]
    assert len(lines) > 1
    assert len({line.index(str(catalogue)) for line in lines}) == 1
