"""A team that adopted the example: its repository, its service, its runner with one of the tools."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.gitops.repository import Repository
from tests.gitops.services import GitHub, GitLab, Outcome, Service
from tests.project.tree import ROOT
from tests.pulumi_story.workspace import tools_folder
from tests.story.tools import OPENTOFU_1_12, TERRAFORM_1_15

EXAMPLE = ROOT / "examples" / "gitops"
DISK = {
    "terraform": '\nresource "qualit_resource" "disk" {{\n  vps_id = qualit_vps.web.id\n  type = "disk"\n'
    "  quantity = {size}\n}}\n",
    "pulumi": 'disk = qualit.Resource("disk", vps=web, type="disk", quantity={size})\n',
}
FILES = {"terraform": "main.tf", "pulumi": "__main__.py"}


class Team:
    """Adopts the example as its README says, for a service and a tool: ``terraform``, ``tofu`` or ``pulumi``."""

    def __init__(self, folder: Path, service: str, tool: str) -> None:
        self._kind = "pulumi" if tool == "pulumi" else "terraform"
        self._home = folder / "home"
        for name in ("home", "state"):
            (folder / name).mkdir()
        tools = {"terraform": TERRAFORM_1_15, "tofu": OPENTOFU_1_12}
        found = tools_folder() if tool == "pulumi" else Path(tools[tool].path()).parent
        settings = {
            "QUALIT_HOME": str(folder / "platform"),
            "QUALIT_PAYMENT_METHOD": "test-visa",
            "TERRAFORM_STATE": str(folder / "state" / "servers.tfstate"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_STACK": "prod",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of this test",
        }
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("TF_", "PULUMI_", "QUALIT_", "XDG_"))},
            "PATH": f"{Path(sys.executable).parent}:{found}:{os.environ['PATH']}",
            "HOME": str(self._home),
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "PULUMI_HOME": str(self._home / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "QUALIT_LIBVIRT_URI": "test:///default",
        }
        self.at("2026-01-31T09:00:00Z")
        self._settings = settings
        self.repository = Repository(folder)
        hosts: dict[str, type[Service]] = {"github": GitHub, "gitlab": GitLab}
        self.service = hosts[service](self.repository, folder, settings, self._environment)
        self._tool = tool

    def at(self, instant: str) -> None:
        """Set the test clock of everything that runs from now on."""
        self._environment["QUALIT_TEST_CLOCK"] = instant

    def adopt(self) -> None:
        """Copy the example into the change that is being made."""
        into = self.repository.folder
        shutil.copytree(EXAMPLE / self._kind, into, dirs_exist_ok=True)
        shutil.copy(EXAMPLE / "policy.py", into)
        (into / self.service.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLE / self.service.example, into / self.service.file)
        if self._kind == "terraform":
            self._run("qualit", "terraform", "install")
        if self._tool == "tofu":
            self._run("sh", "-c", "sed -i 's/^terraform /tofu /' *.sh")
        if self._tool == "pulumi":
            self._run("pulumi", "stack", "init", "prod")

    def write(self, offer: str, disk: int = 0) -> None:
        """The servers of the example, with another offer and a disk."""
        file = self.repository.folder / FILES[self._kind]
        example = (EXAMPLE / self._kind / FILES[self._kind]).read_text()
        assert example.count('"vps-2"') == 1
        addition = DISK[self._kind].format(size=disk) if disk else ""
        file.write_text(example.replace('"vps-2"', f'"{offer}"') + addition)

    def opens(self, branch: str, offer: str, disk: int = 0) -> Outcome:
        """A change of the servers is opened for review."""
        self.repository.branch(branch)
        self.write(offer, disk)
        self.repository.commit(branch)
        return self.service.opened(branch)

    def merges(self, branch: str) -> Outcome:
        return self.service.merged(branch, self.repository.merge(branch))

    def buys_its_first_server(self) -> None:
        """The change that adopts the example is merged."""
        self.repository.branch("adopt")
        self.adopt()
        self.repository.commit("adopt")
        opened = self.service.opened("adopt")
        assert opened.passed, opened.output
        merged = self.merges("adopt")
        assert merged.passed, merged.output

    def looks_for_drift(self) -> Outcome:
        from tests.gitops.repository import git

        return self.service.scheduled(git(self.repository.folder, "rev-parse", "main"))

    def listing(self, command: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self._run("qualit", command, "--json"))
        return rows

    def paid(self) -> list[str]:
        return sorted(payment["amount"] for payment in self.listing("payments"))

    def offers(self) -> list[str]:
        return [server["offer"] for server in self.listing("servers")]

    def qualit(self, *arguments: str) -> str:
        return self._run("qualit", *arguments)

    def _run(self, *command: str) -> str:
        run = subprocess.run(
            command,
            cwd=self.repository.folder,
            env={**self._environment, **self._settings},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout
