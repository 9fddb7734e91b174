"""How the demo speaks: a headline, the command, its real output without noise, and the claim, checked."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
TERRAFORM = re.compile(
    r"─+$"
    r"|(Terraform|OpenTofu) used the selected providers"
    r"|(plan|execution plan)\. Resource actions are indicated|following symbols:$"
    r"|  [-+~/]+ (create|destroy|update in-place)$"
    r"|(Terraform|OpenTofu) will perform the following actions:$"
    r"|Saved the plan to:|To perform exactly these actions,|    (terraform|tofu) apply "
    r"|Note: You didn't use the -out option|guarantee to take exactly these actions|\"(terraform|tofu) apply\" now"
    r"|[^ ]+: (Refreshing state|Still (creating|modifying|destroying))"
    r"|Initializing |- Finding latest |(Terraform|OpenTofu) has created a lock file|selections it made above"
    r"|so that (Terraform|OpenTofu) can guarantee|you run \"(terraform|tofu) init\" in the future"
    r"|You may now begin working|any changes that are required|should now work|If you ever set or change"
    r"|rerun this command|commands will detect it"
)
"""What Terraform and OpenTofu print at every init, plan and apply, whatever is planned; matched at a line's start."""

_INCOMPLETE_LOCK = re.compile(
    r"^Warning: Incomplete lock file information for providers$.*?^\(where \S+ is the platform to generate\)$",
    re.DOTALL | re.MULTILINE,
)
"""`init` warns of every provider that comes from a folder: its lock file has this platform's checksum only."""


class ClaimFailedError(Exception):
    """Something that the demo says is not so."""


def headline(title: str, why: str) -> None:
    """Say what the next step shows, and why that matters."""
    print(f"\n{_styled('1;36', '── ' + title + ' ' + '─' * max(2, 96 - len(title)))}")
    print(f"{why}\n")


def say(text: str) -> None:
    print(text)


def claim(text: str, *, holds: bool, seen: object) -> None:
    """Check what the demo says.

    Raises:
        ClaimFailedError: it is not so; ``seen`` is what is there instead.
    """
    if not holds:
        raise ClaimFailedError(f"{text}\nSeen instead: {seen}")
    print(f"{_styled('32', '✓')} {text}")


def show_change(before: str, after: str, name: str = "main.tf") -> None:
    """What a file says: all of it at first, then the diff that a reviewer would see."""
    print(_styled("1", f"{name}:"))
    if not before:
        print("".join(f"  {line}" for line in after.splitlines(keepends=True)))
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, n=1, lineterm="")
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            colour = {"+": "32", "-": "31"}.get(line[:1], "0")
            print(_styled(colour, f"  {line}"))
    print()


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    exit_code: int = 0,
    show: bool = True,
    noise: re.Pattern[str] | None = None,
) -> str:
    """Run a command, print it with its output but for lines of ``noise``, and give back the output without colours.

    Raises:
        ClaimFailedError: the exit code is not the expected one.
    """
    if show:
        print(_styled("1", f"$ {shlex.join(command)}"), flush=True)
    ended = subprocess.run(  # noqa: S603 - the demo's own commands
        list(command),
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if show or ended.returncode != exit_code:
        print(f"{_without_noise(ended.stdout, noise).rstrip()}\n", flush=True)
    if ended.returncode != exit_code:
        raise ClaimFailedError(f"{shlex.join(command)} ends with {exit_code}\nSeen instead: {ended.returncode}")
    return _ANSI.sub("", ended.stdout)


def _without_noise(output: str, noise: re.Pattern[str] | None) -> str:
    kept: list[str] = []
    for line in _INCOMPLETE_LOCK.sub("", output).splitlines():
        plain = _ANSI.sub("", line).rstrip()
        if (noise and noise.match(plain)) or (not plain and (not kept or not kept[-1])):
            continue
        kept.append(f"  {line.rstrip()}" if plain else "")
    return "\n".join(kept)


def _styled(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if COLOUR else text
