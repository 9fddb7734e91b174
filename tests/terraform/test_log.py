"""The log as a host reads it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from provider.terraform.log import Log, level_from_environment


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({}, "error"),
        ({"TF_LOG": "DEBUG"}, "debug"),
        ({"TF_LOG": "JSON"}, "trace"),
        ({"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "WARN"}, "warn"),
    ],
)
def test_the_level_is_the_one_that_the_host_was_asked_for(environment: dict[str, str], level: str) -> None:
    assert level_from_environment(environment) == level


def test_a_line_has_the_fields_that_hclog_reads(capsys: pytest.CaptureFixture[str]) -> None:
    Log("info").info("configured", ms=3)
    entry = json.loads(capsys.readouterr().err)
    assert (entry["@level"], entry["@message"], entry["ms"]) == ("info", "configured", 3)
    assert entry["@timestamp"].endswith("Z")


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    Log("warn").info("configured")
    assert capsys.readouterr().err == ""


def test_errors_are_kept_in_a_file_of_their_own_that_others_cannot_read(tmp_path: Path) -> None:
    log = Log("off")
    assert log.error("first") is None
    file = tmp_path / "home" / "logs" / "provider.log"
    log.keep_errors_in(file)
    assert log.error("second") == file
    assert json.loads(file.read_text())["@message"] == "second"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_home_that_cannot_be_written_costs_no_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    log = Log("off")
    log.keep_errors_in(tmp_path / "home" / "logs" / "provider.log")
    assert log.error("something") is None
