"""`qualit cost`: forms, limits with their exit codes, and what cannot be read; no home and no platform is needed."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from provider.cli.cost_tools import plan_folder
from provider.cost.model import UnreadableError
from tests.cli.conftest import Qualit
from tests.cost.conftest import RECORDED, recorded

IMPROVED = str(RECORDED / "terraform-improved.json")
UNKNOWN = str(RECORDED / "terraform-unknown.json")
REFUSED = str(RECORDED / "pulumi-refused.json")
FOREIGN = str(RECORDED / "terraform-foreign.json")


def test_the_table_shows_servers_parts_and_the_total(qualit: Qualit) -> None:
    ended = qualit("cost", IMPROVED)
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out.startswith("25.28 EUR to pay now, then 31.98 EUR a month (+10.00 EUR).\n")
    for words in ("web-1      changes", "50 GiB     0.10 EUR", "2026-04-30", "75 of 89 days"):
        assert words in ended.out
    assert "\x1b[" not in ended.out


def test_the_table_is_coloured_on_a_terminal(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[31m+10.00 EUR\x1b[0m" in qualit("cost", IMPROVED).out


def on_a_terminal(columns: int, *arguments: str) -> list[str]:
    """What `qualit` writes on a terminal of so many columns, without colours."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    program = f"from provider.cli.main import main; main({list(arguments)!r})"
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": str(columns)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=its, env=environment):
        os.close(its)
        written = b""
        try:
            while some := os.read(ours, 65_536):
                written += some
        except OSError:  # the end of a terminal
            os.close(ours)
    return [line.rstrip() for line in written.decode().splitlines()]


@pytest.mark.parametrize("columns", [200, 100, 80])
def test_a_narrow_terminal_folds_names_and_no_amounts(columns: int) -> None:
    shown = on_a_terminal(columns, "cost", IMPROVED)
    assert max(map(len, shown)) <= columns
    [row] = [line for line in shown if line.startswith("web-1")]
    amounts = ["25.28", "EUR", "8.99", "EUR", "18.99", "EUR", "+10.00", "EUR"]
    assert row.split() == ["web-1", "changes", *amounts, "2026-04-30"]


def test_a_terminal_that_is_narrower_than_a_table_gets_a_paragraph_a_row() -> None:
    shown = on_a_terminal(40, "cost", IMPROVED)
    assert max(map(len, shown)) <= 40
    begins = shown.index("web-1")
    assert shown[begins + 1 : begins + 4] == ["  Change: changes", "  Pay now: 25.28 EUR", "  A month before: 8.99 EUR"]


@pytest.mark.parametrize(("form", "begins"), [("markdown", "**Qual.IT: "), ("json", "{"), ("html", "<!doctype html>")])
def test_each_form_is_printed_alone(qualit: Qualit, form: str, begins: str) -> None:
    ended = qualit("cost", IMPROVED, "--format", form)
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out.startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((IMPROVED, "--fail-above", "31.98"), 0),
        ((IMPROVED, "--fail-above", "31.97"), 3),
        ((IMPROVED, "--fail-above", "31.97 EUR"), 3),
        ((IMPROVED, "--fail-above", "1 USD"), 0),
        ((IMPROVED, "--fail-on-increase"), 4),
        ((IMPROVED, "--fail-on-increase", "--fail-above", "1"), 3),
        ((IMPROVED, "--fail-on-unknown"), 0),
        ((UNKNOWN, "--fail-on-unknown"), 5),
        ((REFUSED, "--fail-above", "1"), 1),
        ((FOREIGN, "--fail-above", "0", "--fail-on-increase", "--fail-on-unknown"), 0),
        ((IMPROVED, "--fail-above", "ten"), 2),
        ((IMPROVED, "--fail-above", "-1"), 2),
        ((IMPROVED, "--format", "pdf"), 2),
        ((), 2),
    ],
)
def test_a_limit_has_an_exit_code_of_its_own(qualit: Qualit, arguments: tuple[str, ...], code: int) -> None:
    assert qualit("cost", *arguments).exit_code == code


def test_a_limit_that_is_exceeded_is_told_beside_the_report(qualit: Qualit) -> None:
    ended = qualit("cost", IMPROVED, "--format", "json", "--fail-above", "20")
    assert json.loads(ended.out)["totalMonthlyCost"] == "31.98"
    assert "31.98 EUR a month is above 20.00 (exit code 3)" in ended.err


def test_the_exit_codes_are_in_the_help(qualit: Qualit) -> None:
    shown = " ".join(qualit("cost", "--help").out.split())
    for words in ("3 above the limit", "4 an increase", "5 an unknown price"):
        assert words in shown


def test_several_projects_are_one_report(qualit: Qualit) -> None:
    shown = qualit("cost", IMPROVED, str(RECORDED / "pulumi-new.json"), "--format", "json").json()
    assert shown["totalMonthlyCost"] == "40.97"
    assert [each["name"] for each in shown["projects"]] == [IMPROVED, "shop/dev"]


def test_what_cannot_be_read_does_not_hide_what_can(qualit: Qualit, tmp_path: Path) -> None:
    binary = tmp_path / "saved.tfplan"
    binary.write_bytes(b"PK\x03\x04")
    ended = qualit("cost", IMPROVED, str(binary), str(tmp_path / "none.json"))
    assert ended.exit_code == 1
    assert "Refused, and incomplete: 25.28 EUR to pay now" in ended.out
    assert f"terraform show -json {binary} > plan.json" in ended.out
    assert "none.json cannot be read" in ended.out


def test_where_nothing_can_be_read_only_that_is_told(qualit: Qualit, tmp_path: Path) -> None:
    ended = qualit("cost", str(tmp_path / "none.json"))
    assert (ended.exit_code, ended.out) == (1, "")
    assert "No such file or directory" in ended.err


def test_a_plan_is_read_from_a_pipe(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(recorded("terraform-improved")).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert qualit("cost", "-").out.startswith("25.28 EUR to pay now")


def test_a_report_opens_no_home_and_needs_no_platform(user: Path) -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('sqlalchemy', 'dbos', 'libvirt')))\n"
        f"from provider.cli.main import main; main(['cost', {IMPROVED!r}])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, list(user.iterdir())) == (0, []), run.stderr


@pytest.mark.parametrize(
    ("files", "summary"),
    [((), "Nothing to plan in"), (("main.tf", "Pulumi.yaml"), "is a project of two tools")],
)
def test_a_folder_that_cannot_be_planned_is_told(tmp_path: Path, files: tuple[str, ...], summary: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(UnreadableError) as raised:
        plan_folder(tmp_path, ())
    assert summary in raised.value.summary


@pytest.mark.parametrize(
    ("files", "tool"), [(("main.tf",), "terraform"), (("main.tofu",), "tofu"), (("Pulumi.yaml",), "pulumi")]
)
def test_a_tool_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...], tool: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(UnreadableError, match=f"{tool} is not on PATH"):
        plan_folder(tmp_path, ())


def test_stacks_are_pulumis(tmp_path: Path) -> None:
    (tmp_path / "main.tf").touch()
    with pytest.raises(UnreadableError, match=r"has no stacks|not on PATH"):
        plan_folder(tmp_path, ("dev",))


def test_p5_what_is_not_as_it_was_reviewed_has_an_exit_code_of_its_own(qualit: Qualit, tmp_path: Path) -> None:
    reviewed = tmp_path / "cost.json"
    reviewed.write_text(qualit("cost", IMPROVED, "--format", "json").out)
    assert qualit("cost", IMPROVED, "--reviewed", str(reviewed)).exit_code == 0
    other = qualit("cost", FOREIGN, "--reviewed", str(reviewed), "--fail-on-increase")
    assert other.exit_code == 6
    assert "Warning: qualit_vps.web: approved was to change it for 17.70 EUR now" in other.err
    # An earlier limit has the exit code; a refusal comes before all of them.
    assert qualit("cost", IMPROVED, "--reviewed", str(reviewed), "--fail-above", "1").exit_code == 3
    assert qualit("cost", REFUSED, "--reviewed", str(reviewed)).exit_code == 1
    missing = qualit("cost", IMPROVED, "--reviewed", str(tmp_path / "none.json"))
    assert (missing.exit_code, missing.out) == (1, "")
    assert "none.json cannot be read" in missing.err


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        ([IMPROVED], "A plan is kept of one folder"),
        ([".", "."], "A plan is kept of one folder"),
        ([".", "--stack", "a", "--stack", "b"], "of one stack"),
    ],
)
def test_a_plan_is_kept_of_one_folder(qualit: Qualit, tmp_path: Path, sources: list[str], reason: str) -> None:
    ended = qualit("cost", *sources, "--out", str(tmp_path / "saved.tfplan"))
    assert ended.exit_code == 2
    assert reason in " ".join(ended.err.replace("│", " ").split())


def test_a_plan_that_was_kept_before_is_gone_when_nothing_is_planned(qualit: Qualit, tmp_path: Path) -> None:
    kept, folder = tmp_path / "saved.tfplan", tmp_path / "empty"
    kept.touch()
    folder.mkdir()
    assert qualit("cost", str(folder), "--out", str(kept)).exit_code == 1
    assert not kept.exists()
    nowhere = qualit("cost", str(folder), "--out", str(tmp_path / "none" / "saved.tfplan"))
    assert nowhere.exit_code == 2


def test_a_comment_says_that_nothing_could_be_read(qualit: Qualit, tmp_path: Path) -> None:
    ended = qualit("cost", str(tmp_path), "--format", "markdown")
    assert ended.exit_code == 1
    assert ended.out.startswith(
        "**Qual.IT: Nothing could be read, so nothing is known of what it costs.**\n\n- **Nothing"
    )
