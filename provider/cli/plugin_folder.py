"""The folder in which Terraform and OpenTofu find the plugin, and the launcher that lies there.

Called by ``qualit terraform install`` and ``qualit doctor``. Both programs search ``~/.terraform.d/plugins`` by
themselves, and leave out the registry for a provider that they find there (Terraform's documentation, "Implied
local mirror directories"; OpenTofu keeps that folder). Inside it each looks under the host of its own registry.
"""

from __future__ import annotations

import os
import platform
import re
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from provider import __version__
from provider.cli.launcher import write_launcher
from provider.cli.output import CommandError

SOURCE = "qualit/qualit"
REQUIRED_PROVIDERS = """\
terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}"""
HOSTS = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
"""The folder of each program's default registry, to which the source address belongs when it names no host."""

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_HANDSHAKE = re.compile(rb"^1\|6\|(unix|tcp)\|[^|]+\|grpc\|")
_COOKIE = {
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "6",
}
"""By what a plugin knows that Terraform starts it (terraform, internal/plugin6/serve.go)."""

START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Installed:
    """One launcher; ``replaced`` when another content stood there, which a dependency lock file remembers."""

    program: str
    path: Path
    replaced: bool


def user_plugin_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder of the user that both programs search."""
    home = (os.environ if environment is None else environment).get("HOME")
    return (Path(home) if home else Path.home()) / ".terraform.d" / "plugins"


def launcher_path(folder: Path, program: str) -> Path:
    """Where the launcher lies for ``terraform`` or ``tofu`` (Terraform's layout of an unpacked mirror).

    Raises:
        CommandError: a kind of computer that the plugin does not run on.
    """
    name = f"terraform-provider-qualit_v{__version__}"
    return folder / HOSTS[program] / SOURCE / __version__ / _platform() / name


def install(folder: Path) -> tuple[Installed, ...]:
    """Write the launchers of both programs below ``folder``.

    Raises:
        CommandError: the folder cannot be written, or the plugin does not run on this computer.
    """
    paths = {program: launcher_path(folder, program) for program in HOSTS}
    return tuple(Installed(program, path, write_launcher(path, "terraform")) for program, path in paths.items())


def start_failure(launcher: Path) -> str | None:
    """Start the plugin as Terraform does and stop it again: None, or why it does not start."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the path is the one that install() writes
            [launcher],
            env={**os.environ, **_COOKIE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        return f"{launcher} cannot be started: {error.strerror}"
    with process:
        line = _first_line(process)
        process.kill()
        if _HANDSHAKE.match(line):
            return None
        said = (process.stderr.read() if process.stderr else b"").decode(errors="replace").strip().splitlines()
    reason = said[-1] if said else f"no handshake within {START_SECONDS:.0f} seconds"
    return f"{launcher} does not start: {reason}"


def overriding_files(environment: Mapping[str, str] | None = None) -> Iterator[Path]:
    """The user's CLI configuration files with a ``provider_installation`` block, which replaces the search above."""
    env = os.environ if environment is None else environment
    home = Path(env.get("HOME") or Path.home())
    named = [Path(env[name]) for name in ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG") if env.get(name)]
    xdg = [Path(env["XDG_CONFIG_HOME"]) / "opentofu" / "tofurc"] if env.get("XDG_CONFIG_HOME") else []
    candidates = [
        *named,
        home / ".terraformrc",
        home / ".tofurc",
        *xdg,
        *sorted((home / ".terraform.d").glob("*.tfrc")),
    ]
    for path in candidates:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if re.search(r"^\s*provider_installation\b", text, re.MULTILINE):
            yield path


def _platform() -> str:
    architecture = _ARCHITECTURES.get(platform.machine().lower())
    if architecture is None or sys.platform not in ("linux", "darwin"):
        raise CommandError(
            "The plugin does not run on this computer",
            f"It runs on Linux and macOS with x86-64 or ARM64; this is {sys.platform} on {platform.machine()}.",
        )
    return f"{sys.platform}_{architecture}"


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """The first line on stdout; empty when the time is over or the process ended."""
    if process.stdout is None:
        return b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline() if selector.select(START_SECONDS) else b""
