"""Runs the plan of a folder with the tool that it is written for. Called by ``qualit cost``; nothing is applied."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provider.cost.document import read_document
from provider.cost.model import Problem, Project, UnreadableError
from provider.cost.parsing import parsed
from provider.cost.pulumi import is_preview
from provider.cost.terraform import read_diagnostics, read_plan

_PULUMI_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def plan_folder(folder: Path, stacks: Sequence[str], out: Path | None = None) -> list[Project]:
    """The plan of a folder: one project, or one for each of the stacks of a Pulumi project.

    ``out`` is the file that keeps what was planned, unless something is refused: a saved plan, or a preview's JSON.

    Raises:
        UnreadableError: nothing can be planned there; the words of the tool are in it.
    """
    tool = _tool_of(folder)
    if tool == "pulumi":
        return [_preview(folder, stack, out) for stack in (stacks or ("",))]
    if stacks:
        raise UnreadableError(
            f"{folder} has no stacks", f"--stack is for Pulumi, and {folder} is planned with {tool}. Leave it out."
        )
    return [_plan(folder, tool, out)]


def _tool_of(folder: Path) -> str:
    """Which tool the files are for; OpenTofu where they, or what it locked, say so, or where only it is there."""
    is_pulumi = any((folder / name).is_file() for name in _PULUMI_FILES)
    names = [path.name for path in folder.iterdir()]
    is_tofu = any(name.endswith((".tofu", ".tofu.json")) for name in names)
    is_terraform = is_tofu or any(name.endswith((".tf", ".tf.json")) for name in names)
    if is_pulumi and is_terraform:
        raise UnreadableError(
            f"{folder} is a project of two tools",
            "There are files of Pulumi and of Terraform. Make the plan yourself, and give its JSON.",
        )
    if is_pulumi:
        return _found("pulumi", folder)
    if not is_terraform:
        raise UnreadableError(
            f"Nothing to plan in {folder}",
            "There is neither Pulumi.yaml nor a file that ends in .tf or .tofu. Give the folder of a configuration, or "
            "the JSON of a plan.",
        )
    lock = folder / ".terraform.lock.hcl"
    is_tofu = is_tofu or (lock.is_file() and "registry.opentofu.org" in lock.read_text("utf-8", errors="replace"))
    if is_tofu or shutil.which("terraform") is None:
        return _found("tofu", folder) if is_tofu or shutil.which("tofu") else _found("terraform", folder)
    return "terraform"


def _found(tool: str, folder: Path) -> str:
    if shutil.which(tool) is None:
        raise UnreadableError(
            f"{tool} is not on PATH", f"{folder} is planned with it. Install it, or give the JSON of its plan."
        )
    return tool


def _plan(folder: Path, tool: str, out: Path | None) -> Project:
    with tempfile.TemporaryDirectory(prefix="qualit-cost-") as temporary:
        saved = Path(temporary) / "saved.tfplan"
        planned = _run(folder, [tool, "plan", "-json", "-input=false", f"-out={saved}"])
        problems = read_diagnostics(planned.stdout)
        if not saved.exists():
            raise _failed(f"{tool} plan", folder, planned, problems)
        shown = _run(folder, [tool, "show", "-json", str(saved)])
        if shown.returncode != 0:
            raise _failed(f"{tool} show", folder, shown, ())
        project = read_plan(parsed(shown.stdout, f"the plan of {folder}"), str(folder), problems)
        if out and not project.errors:
            shutil.copyfile(saved, out)
    return project


def _preview(folder: Path, stack: str, out: Path | None) -> Project:
    chosen = ["--stack", stack] if stack else []
    shown = _run(
        folder, ["pulumi", "preview", "--json", "--show-sames", "--non-interactive", "--color", "never", *chosen]
    )
    try:
        document = parsed(shown.stdout, f"the preview of {folder}")
    except UnreadableError:
        raise _failed("pulumi preview", folder, shown, ()) from None
    if not is_preview(document):
        raise _failed("pulumi preview", folder, shown, ())
    project = read_document(shown.stdout.encode(), str(folder))
    if shown.returncode != 0 and not project.errors:
        told = Problem("error", "", "The preview failed", _words(shown.stderr))
        return Project(project.name, project.source, "pulumi", "plan", project.resources, (*project.problems, told))
    if out and not project.errors:
        out.write_text(shown.stdout, encoding="utf-8")
    return project


def _failed(
    command: str, folder: Path, run: subprocess.CompletedProcess[str], problems: Sequence[Problem]
) -> UnreadableError:
    """What a tool said before it gave up."""
    errors = [
        f"{f'{each.address}: ' if each.address else ''}{each.summary}\n{each.detail}".strip()
        for each in problems
        if each.severity == "error"
    ]
    said = "\n\n".join(errors) or _words(run.stderr) or _words(run.stdout) or f"It ended with {run.returncode}."
    return UnreadableError(f"{command} failed in {folder}", said)


def _words(output: str) -> str:
    """The output without colours and frames."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    return "\n".join(line.strip("│╷╵ ") for line in plain.splitlines() if line.strip("│╷╵ ")).strip()


def _run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - one of three tools, with arguments of ours
        command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace", check=False
    )
