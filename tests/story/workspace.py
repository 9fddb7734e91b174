"""A user's folder, home and commands: everything a story does, it does through these."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADER = """
terraform {
  required_providers {
    qualit = { source = "qualit/qualit" }
  }
}

provider "qualit" {
  payment_method = "test-visa"
}
"""


@dataclass(frozen=True)
class Run:
    """What a command printed, and how it ended. ``text`` is without line breaks where the tool wrapped it."""

    exit_code: int
    output: str

    @property
    def text(self) -> str:
        """The output with the frames of diagnostics and all line wrapping taken out."""
        return re.sub(r"\s+", " ", re.sub(r"[│╷╵]", " ", self.output))


class Workspace:
    """A folder with a configuration, a fresh HOME with the plugin installed, and a platform of its own."""

    def __init__(self, folder: Path, tool: str, libvirt_uri: str) -> None:
        self.folder = folder / "project"
        self.home = folder / "home"
        self.platform = folder / "platform"
        for path in (self.folder, self.home):
            path.mkdir(parents=True)
        self.tool = tool
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("TF_", "QUALIT_", "XDG_"))},
            "HOME": str(self.home),
            "TF_CLI_CONFIG_FILE": str(self.home / "none.tfrc"),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "QUALIT_HOME": str(self.platform),
            "QUALIT_LIBVIRT_URI": libvirt_uri,
        }
        (self.home / "none.tfrc").touch()

    def at(self, instant: str) -> None:
        """Set the test clock from now on."""
        self.environment["QUALIT_TEST_CLOCK"] = instant

    def write(self, configuration: str, *, header: str = HEADER) -> None:
        (self.folder / "main.tf").write_text(header + configuration)

    def install(self) -> None:
        """Install the plugin as its user would, and initialise the folder."""
        self.qualit("terraform", "install")
        self.write("")
        initialised = self.run("init", "-input=false")
        assert initialised.exit_code == 0, initialised.output

    def run(self, *arguments: str, timeout: float = 300) -> Run:
        """Run the tool without colours."""
        return self._run([self.tool, arguments[0], *_plain(arguments[0]), *arguments[1:]], timeout)

    def plan(self, *arguments: str) -> Run:
        return self.run("plan", "-input=false", "-out=saved.tfplan", *arguments)

    def apply_saved(self) -> Run:
        return self.run("apply", "-input=false", "saved.tfplan")

    def apply(self, *arguments: str) -> Run:
        return self.run("apply", "-input=false", "-auto-approve", *arguments)

    def changes(self) -> dict[str, dict[str, Any]]:
        """The changes of the saved plan by address: the tool's own JSON."""
        shown = json.loads(self._run([self.tool, "show", "-json", "saved.tfplan"], 120).output)
        return {change["address"]: change["change"] for change in shown.get("resource_changes", [])}

    def state(self) -> dict[str, dict[str, Any]]:
        """The values in the state by address."""
        shown = json.loads(self._run([self.tool, "show", "-json"], 120).output)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {resource["address"]: resource["values"] for resource in resources}

    def qualit(self, *arguments: str) -> str:
        """Run the ``qualit`` command; it must succeed."""
        run = self.run_qualit(*arguments)
        assert run.exit_code == 0, run.output
        return run.output

    def run_qualit(self, *arguments: str) -> Run:
        """Run the ``qualit`` command, however it ends."""
        return self._run([str(Path(sys.executable).with_name("qualit")), *arguments], 120)

    def listing(self, command: str) -> list[dict[str, Any]]:
        """A listing of ``qualit`` as programs read it."""
        rows = json.loads(self.qualit(command, "--json"))
        assert isinstance(rows, list)
        return rows

    def _run(self, command: list[str], timeout: float) -> Run:
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(run.returncode, run.stdout)


def _plain(subcommand: str) -> list[str]:
    return ["-no-color"] if subcommand in ("init", "plan", "apply", "destroy", "import", "show", "refresh") else []
