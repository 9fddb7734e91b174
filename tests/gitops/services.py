"""Runs the jobs of `examples/gitops/` as GitHub Actions and GitLab CI do.

The shell of a job is run as it stands in the YAML. What only the service can do (comments, artifacts, checkouts) is
done here in its place: the steps that have its token, or its ``before_script`` and ``after_script``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.gitops.repository import Repository

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a job ended, what it printed, the comment that it left (empty if none), and whether it kept a plan."""

    passed: bool
    output: str
    comment: str
    kept: bool


class Service(ABC):
    """Where the repository is hosted. ``settings`` are the variables and secrets that the repository has there,
    ``runner`` the environment of the machine that runs the jobs."""

    file: str
    """Where the pipeline stands in the repository."""
    example: str

    def __init__(self, repository: Repository, folder: Path, settings: Settings, runner: dict[str, str]) -> None:
        self.repository = repository
        self.settings = settings
        self.runner = runner
        self._folder = folder
        self._jobs = 0

    @abstractmethod
    def opened(self, branch: str) -> Outcome:
        """The job of a change that was opened or pushed to."""

    @abstractmethod
    def merged(self, branch: str, commit: str) -> Outcome:
        """The job of ``main`` after a merge."""

    @abstractmethod
    def scheduled(self, commit: str) -> Outcome:
        """The job of the schedule."""

    def _checked_out(self, commit: str) -> Path:
        self._jobs += 1
        workplace = self._folder / f"job-{self._jobs}"
        self.repository.check_out(commit, workplace)
        return workplace

    def _pipeline(self, workplace: Path) -> dict[str, Any]:
        text = (workplace / self.file).read_text(encoding="utf-8")
        loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - `on` stays a word
        return loaded


class GitHub(Service):
    """GitHub Actions: the plan is of the merge that the pull request would make, artifacts are found by their name."""

    file = ".github/workflows/servers.yml"
    example = "github-actions.yml"

    def opened(self, branch: str) -> Outcome:
        return self._run("pull_request", self.repository.merged_result(branch))

    def merged(self, branch: str, commit: str) -> Outcome:
        return self._run("push", commit)

    def scheduled(self, commit: str) -> Outcome:
        return self._run("schedule", commit)

    def _run(self, event: str, commit: str) -> Outcome:
        workplace = self._checked_out(commit)
        pipeline = self._pipeline(workplace)
        [job] = [job for job in pipeline["jobs"].values() if f"github.event_name == '{event}'" in job["if"]]
        files = {name: self._folder / f"{name}-{self._jobs}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        environment = {**self.runner, **self._filled(pipeline["env"], {}), **{k: str(v) for k, v in files.items()}}
        failed, printed, comment, kept = False, "", "", False
        for step in job["steps"]:
            if not _is_due(step.get("if", "success()"), failed, workplace):
                continue
            if step.get("uses", "").startswith("actions/checkout@"):
                continue
            if step.get("uses", "").startswith("actions/upload-artifact@"):
                outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
                name = self._filled(step["with"], outputs)["name"]
                shutil.copytree(workplace / step["with"]["path"], self._folder / name, dirs_exist_ok=True)
                kept = True
            elif "GH_TOKEN" in step.get("env", {}):
                comment = self._of_the_service(step["name"], workplace) or comment
            else:
                ended = _shell(step["run"], workplace, {**environment, **self._filled(step.get("env", {}), {})})
                failed = failed or ended.returncode != 0
                printed += ended.stdout
        summary = files["GITHUB_STEP_SUMMARY"]
        return Outcome(not failed, printed, comment or (summary.read_text() if summary.exists() else ""), kept)

    def _of_the_service(self, name: str, workplace: Path) -> str:
        """What a step with GitHub's token does; the comment that it posts."""
        if name == "Comment":
            return (workplace / "comment.md").read_text()
        assert name == "Fetch what was reviewed"
        artifact = self._folder / f"reviewed-{_tree(workplace)}"
        if artifact.exists():
            shutil.copytree(artifact, workplace / "reviewed")
        return ""

    def _filled(self, values: Mapping[str, str], outputs: Mapping[str, str]) -> dict[str, str]:
        """Values with their expressions filled in; a setting that the repository does not have is empty."""

        def value(match: re.Match[str]) -> str:
            name = match[1].rpartition(".")[2]
            return outputs[name] if match[1].startswith("steps.") else self.settings.get(name, "")

        return {name: re.sub(r"\$\{\{ ([\w.]+) \}\}", value, text) for name, text in values.items()}


class GitLab(Service):
    """GitLab CI: the plan is of the merge request's branch, artifacts are those of its last pipeline that passed."""

    file = ".gitlab-ci.yml"
    example = "gitlab-ci.yml"

    def opened(self, branch: str) -> Outcome:
        outcome, workplace = self._run("merge_request_event", self.repository.push(branch))
        if outcome.kept:
            shutil.copytree(workplace / "reviewed", self._folder / f"of-{branch}", dirs_exist_ok=True)
        return outcome

    def merged(self, branch: str, commit: str) -> Outcome:
        return self._run("push", commit, self._folder / f"of-{branch}")[0]

    def scheduled(self, commit: str) -> Outcome:
        return self._run("schedule", commit)[0]

    def _run(self, event: str, commit: str, artifacts: Path | None = None) -> tuple[Outcome, Path]:
        workplace = self._checked_out(commit)
        pipeline = self._pipeline(workplace)
        jobs = [each for each in pipeline.values() if isinstance(each, dict) and "script" in each]
        [job] = [job for job in jobs if job["rules"][0]["if"].startswith(f'$CI_PIPELINE_SOURCE == "{event}"')]
        if artifacts and artifacts.exists():
            shutil.copytree(artifacts, workplace / "reviewed")
        given = {**self.runner, **self.settings}
        variables = {
            name: re.sub(r"\$(\w+)", lambda match: given.get(match[1], ""), text)
            for name, text in pipeline["variables"].items()
        }
        ended = _shell("set -o pipefail\n" + "\n".join(job["script"]), workplace, {**given, **variables})
        comment = workplace / "comment.md"
        passed = ended.returncode == 0
        kept = passed and "artifacts" in job and any((workplace / job["artifacts"]["paths"][0]).iterdir())
        return Outcome(passed, ended.stdout, comment.read_text() if comment.exists() else "", kept), workplace


def _is_due(condition: str, failed: bool, workplace: Path) -> bool:
    """Whether a step runs: the few conditions that the example uses."""
    due = {"!cancelled()": True, "failure()": failed, "success()": not failed}
    parts = condition.removeprefix("${{ ").removesuffix(" }}").split(" && ")
    there = "hashFiles('comment.md') != ''"
    return due[parts[0]] and all(part == there and (workplace / "comment.md").exists() for part in parts[1:])


def _shell(script: str, workplace: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=workplace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=300,
        check=False,
    )


def _tree(workplace: Path) -> str:
    from tests.gitops.repository import git

    return git(workplace, "rev-parse", "HEAD^{tree}")
