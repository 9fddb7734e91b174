"""What the pipelines of `examples/gitops/` promise, read in their files."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import yaml

from provider.commerce.catalogue import load_catalogue
from tests.gitops.team import EXAMPLE

SCRIPTS = ("plan.sh", "apply.sh", "drift.sh")
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def pipeline(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((EXAMPLE / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded


GITHUB, GITLAB = pipeline("github-actions.yml"), pipeline("gitlab-ci.yml")
STEPS = [(name, step) for name, job in GITHUB["jobs"].items() for step in job["steps"]]


def test_every_tool_has_every_script_and_each_service_runs_them() -> None:
    for tool in ("terraform", "pulumi"):
        assert all(os.access(EXAMPLE / tool / script, os.X_OK) for script in SCRIPTS)
    assert [step["run"] for _, step in STEPS if step.get("run", "").startswith("./")] == [f"./{s}" for s in SCRIPTS]
    assert [GITLAB[job]["script"] for job in ("plan", "apply", "drift")] == [[f"./{script}"] for script in SCRIPTS]


def test_no_job_has_more_permissions_than_it_uses() -> None:
    assert GITHUB["permissions"] == {}
    assert {name: job["permissions"] for name, job in GITHUB["jobs"].items()} == {
        "plan": {"contents": "read", "pull-requests": "write"},
        "apply": {"actions": "read", "contents": "read", "pull-requests": "write"},
        "drift": {"contents": "read"},
    }
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == ["false"] * 3


def test_what_others_wrote_is_never_part_of_a_command() -> None:
    """A branch may be named like a command; expressions reach a shell as variables only."""
    assert [step["name"] for _, step in STEPS if "${{" in step.get("run", "")] == []


def test_the_changes_of_a_fork_do_not_run() -> None:
    assert "head.repo.full_name == github.repository" in GITHUB["jobs"]["plan"]["if"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in GITLAB["plan"]["rules"][0]["if"]


def test_n6_two_applies_never_run_at_once_and_none_is_broken_off() -> None:
    assert GITHUB["jobs"]["apply"]["concurrency"] == {"group": "apply", "cancel-in-progress": "false"}
    assert GITLAB["apply"]["resource_group"] == "apply"
    assert "interruptible" not in GITLAB["apply"]


def test_p5_what_was_reviewed_is_kept_as_long_as_its_price() -> None:
    days = str(load_catalogue().quote_validity_hours // 24)
    [kept] = [step["with"] for _, step in STEPS if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert kept["retention-days"] == days
    assert GITLAB["plan"]["artifacts"]["expire_in"] == f"{days} days"


def test_the_readme_names_every_setting() -> None:
    text = (EXAMPLE / "github-actions.yml").read_text(encoding="utf-8")
    settings = set(re.findall(r"(?:vars|secrets)\.(\w+)", text))
    text = (EXAMPLE / "gitlab-ci.yml").read_text(encoding="utf-8")
    settings |= {name for name in re.findall(r"\$(\w+)", text) if not name.startswith("CI_")} - {"PROJECT"}
    assert {name for name in settings if f"`{name}`" not in README} == set()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#\s]+)\)", README))
def test_the_readme_links_to_files_that_exist(link: str) -> None:
    assert (EXAMPLE / link).exists()
