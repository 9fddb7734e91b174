"""What the demo runs in: a folder of its own that stands for a new user's home, the host, Terraform or OpenTofu."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import stage
from machine import Machine, look

from provider.cli.doctor_checks import OLDEST, program_version
from provider.configuration import Configuration

STEPS = Path(__file__).parent / "steps"
PROGRAMS = {"terraform": "terraform-1.15.5", "tofu": "opentofu-1.12.6"}
"""The programs that the demo can run, and the folder of each among the tools that `make tools` keeps."""


class NotPossibleError(Exception):
    """The demo cannot run on this machine; the message says why and what to do."""


@dataclass
class World:
    """The demo's folder and the day that it is there.

    ``uri`` is the libvirt host. ``program`` is terraform or tofu, found in ``tools`` where PATH has none.
    """

    folder: Path
    uri: str
    program: str
    tools: str
    day: str = ""
    main: str = field(default="", init=False)

    @property
    def real(self) -> bool:
        """Whether real machines run, which virsh can witness."""
        return not self.uri.startswith("test:")

    @property
    def work(self) -> Path:
        return self.folder / "configuration"

    @property
    def environment(self) -> dict[str, str]:
        """A new user's: an own HOME, no settings of Terraform's or Qual.IT's but the demo's."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TF_", "QUALIT_", "TERRAFORM_", "XDG_"))
        }
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        tools = {"QUALIT_TOOLS_DIR": os.environ["QUALIT_TOOLS_DIR"]} if os.environ.get("QUALIT_TOOLS_DIR") else {}
        path = [str(Path(sys.executable).parent), self.tools, os.environ.get("PATH", "")]
        return {
            **kept,
            **tools,
            "XDG_CACHE_HOME": cache,  # The demo guest is built once, not once a demo.
            "HOME": str(self.folder / "home"),
            "PATH": os.pathsep.join(part for part in path if part),
            "QUALIT_HOME": str(home_of(self.folder)),
            "QUALIT_LIBVIRT_URI": self.uri,
            "QUALIT_TEST_CLOCK": self.day,
            "CHECKPOINT_DISABLE": "1",
        }

    def write(self, step: str) -> None:
        """Change main.tf to a step's, and show the difference."""
        text = (STEPS / f"{step}.tf").read_text(encoding="utf-8")
        stage.show_change(self.main, text)
        self.restore(text)

    def restore(self, text: str) -> None:
        """Put main.tf to a text without a word."""
        (self.work / "main.tf").write_text(text, encoding="utf-8")
        self.main = text

    def terraform(self, *arguments: str, exit_code: int = 0, show: bool = True) -> str:
        """Run Terraform or OpenTofu on the demo's configuration."""
        plain = "TF_CLI_ARGS_init" if stage.COLOUR else "TF_CLI_ARGS"
        environment = self.environment | {plain: "-no-color"}
        command = [self.program, *arguments]
        return stage.run(
            command, folder=self.work, environment=environment, exit_code=exit_code, show=show, noise=stage.TERRAFORM
        )

    def qualit(self, *arguments: str, show: bool = True) -> str:
        return stage.run(["qualit", *arguments], folder=self.work, environment=self.environment, show=show)

    def virsh(self, *arguments: str) -> None:
        """Show what virsh says, where there is a real machine."""
        if self.real:
            command = ["virsh", "--connect", self.uri, *arguments]
            stage.run(command, folder=self.work, environment=self.environment)

    def listing(self, name: str) -> list[dict[str, Any]]:
        """What `qualit NAME --json` lists, without showing it."""
        listed: list[dict[str, Any]] = json.loads(self.qualit(name, "--json", show=False))
        return listed

    def charged(self) -> Decimal:
        """All that the payment gateway has charged and not given back."""
        payments = [entry for entry in self.listing("payments") if entry["status"] == "succeeded"]
        return sum((Decimal(entry["amount"]) - Decimal(entry["refunded"]) for entry in payments), Decimal("0.00"))

    def ordered(self) -> Decimal:
        """All that the orders say was paid and not given back."""
        orders = [entry for entry in self.listing("orders") if entry["status"] == "active"]
        return sum((Decimal(entry["amount"]) - Decimal(entry["refunded"]) for entry in orders), Decimal("0.00"))

    def domain(self) -> str:
        """The UUID of the one server's machine."""
        (server,) = self.listing("servers")
        return str(server["domain_uuid"])

    def machine(self) -> Machine | None:
        """The one server's machine as virsh sees it; None where machines are pretended."""
        return look(self.uri, self.domain()) if self.real else None


def home_of(folder: Path) -> Path:
    return folder / "platform"


def demo_folder() -> Path:
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "qualit-demo"


def find_program() -> tuple[str, str]:
    """Terraform or OpenTofu on PATH, or else among the tools that `make tools` keeps, with the folder to add to PATH.

    Raises:
        NotPossibleError: neither is there in a version that the plugin works with.
    """
    for program in PROGRAMS:
        version = program_version(program) if shutil.which(program) else None
        if version and version >= OLDEST[program]:
            return program, ""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    tools = Path(os.environ.get("QUALIT_TOOLS_DIR") or cache / "qualit" / "tools")
    for program, folder in PROGRAMS.items():
        if (tools / folder / program).exists():
            return program, str(tools / folder)
    raise NotPossibleError(
        "Neither Terraform nor OpenTofu is here in a good version: run `make demo`, or `make tools`."
    )


@contextmanager
def fresh_folder(folder: Path, day: str) -> Iterator[None]:
    """The demo's folder, empty; what a former run left is ended first. One demo at a time.

    Raises:
        NotPossibleError: another demo runs, or a server of a former one cannot be ended.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotPossibleError("Another demo runs: wait for it to end.") from None
        if folder.exists():
            end_former_run(folder, day)
            shutil.rmtree(folder)
        (folder / "home").mkdir(parents=True)
        home_of(folder).mkdir(mode=0o700)
        (folder / "configuration").mkdir()
        yield


def end_former_run(folder: Path, day: str) -> None:
    """End every server and contract that a demo left behind, so that no machine stays without its records."""
    from provider.backend.embedded import connect
    from provider.backend.port import BackendError

    marker = folder / "libvirt-uri"
    if not marker.exists():
        return
    configuration = Configuration(
        home=home_of(folder),
        libvirt_uri=marker.read_text(encoding="utf-8"),
        test_clock=datetime.fromisoformat(day),
    )
    try:
        backend = connect(configuration)
        for server in backend.servers():
            stage.say(f"Ending {server.name}, which a former demo left.")
            backend.end_server(server.id)
    except BackendError as error:
        raise NotPossibleError(
            f"A former demo left something in {folder} that cannot be ended. {error.summary}: {error.detail}"
        ) from error


def daemon_answers(uri: str) -> str | None:
    """None when libvirt answers at the address, or why it does not."""
    if shutil.which("virsh") is None:
        return "virsh is not installed"
    ended = subprocess.run(  # noqa: S603 - a fixed command
        ["virsh", "--connect", uri, "version"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return None if ended.returncode == 0 else ended.stderr.strip().splitlines()[-1]
