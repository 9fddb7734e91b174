"""A user's Pulumi project, state and platform: everything a story does, it does through these."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

VIRTUALENV = Path(sys.executable).parent
DYNAMIC = "pulumi-python:dynamic/qualit"
NATIVE = "qualit:index"
STACK = "dev"


@dataclass(frozen=True)
class Run:
    """What a command printed, and how it ended."""

    exit_code: int
    output: str


def tools_folder() -> Path:
    """Where ``make tools`` put the CLI and its hosts; on PATH they are found without it."""
    configured = os.environ.get("QUALIT_TOOLS_DIR")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = (Path(configured) if configured else Path(cache) / "qualit" / "tools") / "pulumi-3.250.0"
    if not (folder / "pulumi").exists() and shutil.which("pulumi") is None:
        pytest.fail(f"Pulumi is neither on PATH nor in {folder}: run make tools")
    return folder


class Workspace:
    """A folder with a program, a stack whose state is in files, and a platform on libvirt's test driver."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.platform = folder / "platform"
        self._state = folder / "state"
        for path in (self.folder, self._state):
            path.mkdir(parents=True)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "QUALIT_", "XDG_", "PYTHON"))},
            "PATH": f"{VIRTUALENV}:{tools_folder()}:{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "pulumi"),
            "PULUMI_BACKEND_URL": f"file://{self._state}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of this test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "QUALIT_HOME": str(self.platform),
            "QUALIT_LIBVIRT_URI": "test:///default",
            "QUALIT_PAYMENT_METHOD": "test-visa",
        }

    def start(self, program: str, *, options: str = "") -> None:
        """A project with a program in Python, and a stack."""
        (self.folder / "Pulumi.yaml").write_text(f"name: shop\nruntime:\n  name: python\n{options}")
        self.write(program)
        self.run("stack", "init", STACK)

    def start_yaml(self, program: str) -> None:
        """A project with a program in YAML, and a stack."""
        self.write_yaml(program)
        self.run("stack", "init", STACK)

    def write_yaml(self, program: str) -> None:
        (self.folder / "Pulumi.yaml").write_text(f"name: shop\nruntime: yaml\n{program}")

    def write(self, program: str) -> None:
        (self.folder / "__main__.py").write_text(
            "import pulumi\nimport pulumi_qualit as qualit\nfrom pulumi import ResourceOptions\n" + program
        )

    def at(self, instant: str) -> None:
        """Set the test clock from now on."""
        self.environment["QUALIT_TEST_CLOCK"] = instant

    def run(self, *arguments: str, fails: bool = False) -> Run:
        """Run the CLI without colours; it must succeed, or fail where that is expected."""
        run = self._run(["pulumi", *arguments, "--non-interactive", "--color", "never"])
        assert (run.exit_code != 0) == fails, run.output
        return run

    def preview(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """What a preview plans: by the resource's name, the operation ``op`` and the planned properties."""
        run = self._run(["pulumi", "preview", "--json", "--non-interactive", *arguments], keep_errors_apart=True)
        assert run.exit_code == 0, run.output
        steps = json.loads(run.output)["steps"]
        return {step["urn"].rpartition("::")[2]: _planned(step) for step in steps}

    def refused(self, *arguments: str) -> str:
        """What a preview that is refused says."""
        return re.sub(r"\s+", " ", self.run("preview", *arguments, fails=True).output)

    def up(self, *arguments: str) -> Run:
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def changes_nothing(self) -> None:
        """The next preview plans no change."""
        self.run("preview", "--expect-no-changes")

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in the state by name."""
        exported = json.loads(self._run(["pulumi", "stack", "export"], keep_errors_apart=True).output)
        return {each["urn"].rpartition("::")[2]: each for each in exported["deployment"].get("resources", [])}

    def edit_state(self, edit: Callable[[dict[str, dict[str, Any]]], None]) -> None:
        """Change the resources in the state, by name."""
        exported = json.loads(self._run(["pulumi", "stack", "export"], keep_errors_apart=True).output)
        edit({each["urn"].rpartition("::")[2]: each for each in exported["deployment"]["resources"]})
        file = self.folder.parent / "state.json"
        file.write_text(json.dumps(exported))
        self.run("stack", "import", "--file", str(file))

    def outputs(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(
            self._run(["pulumi", "stack", "output", "--json", "--show-secrets"], keep_errors_apart=True).output
        )
        return shown

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:{STACK}::shop::{token}::{name}"

    def qualit(self, *arguments: str) -> str:
        """Run the ``qualit`` command; it must succeed."""
        run = self._run([str(VIRTUALENV / "qualit"), *arguments], keep_errors_apart=True)
        assert run.exit_code == 0, run.output
        return run.output

    def listing(self, command: str) -> list[dict[str, Any]]:
        """A listing of ``qualit`` as programs read it."""
        rows: list[dict[str, Any]] = json.loads(self.qualit(command, "--json"))
        return rows

    def paid(self) -> list[str]:
        return sorted(payment["amount"] for payment in self.listing("payments"))

    def generate_sdk(self, schema: Path, language: str, folder: Path) -> None:
        """With the CLI where it comes with its hosts, else with what ``make tools`` built beside it."""
        generator = tools_folder() / "sdkgen"
        if generator.exists():
            run = self._run([str(generator), str(schema), language, str(folder)])
            assert run.exit_code == 0, run.output
            return
        self.run("package", "gen-sdk", str(schema), "--language", language, "--out", str(folder.parent / "generated"))
        (folder.parent / "generated" / language).rename(folder)

    def state_text(self) -> str:
        """Everything that Pulumi wrote down about the stack."""
        return "".join(path.read_text() for path in sorted(self._state.rglob("*")) if path.is_file())

    def _run(self, command: list[str], *, keep_errors_apart: bool = False) -> Run:
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if keep_errors_apart else subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(run.returncode, run.stdout)


def _planned(step: dict[str, Any]) -> dict[str, Any]:
    state = step.get("newState", {})
    return {"op": step["op"], **state.get("inputs", {}), **state.get("outputs", {})}
