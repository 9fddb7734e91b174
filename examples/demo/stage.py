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
_NOISE = re.compile(
    r"^(─+$"
    r"|(Terraform|OpenTofu) used the selected providers"
    r"|plan\. Resource actions are indicated with the following symbols"
    r"|execution plan\. Resource actions are indicated"
    r"|following symbols:$"
    r"|  [-+~/]+ (create|destroy|update in-place|replace)$"
    r"|(Terraform|OpenTofu) will perform the following actions:$"
    r"|Saved the plan to:|To perform exactly these actions,|    (terraform|tofu) apply "
    r"|Note: You didn't use the -out option|guarantee to take exactly these actions|\"(terraform|tofu) apply\" now"
    r"|[a-z_.\[\]\"0-9-]+: (Refreshing state|Still (creating|modifying|destroying)))"
)
"""What Terraform and OpenTofu print at every plan and apply, whatever is planned."""


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


def show_difference(before: str, after: str) -> None:
    """The change of main.tf, as the diff that a reviewer would see."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "main.tf", "main.tf", n=1, lineterm="")
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            colour = {"+": "32", "-": "31"}.get(line[:1], "0")
            print(_styled(colour, f"  {line}"))
    print()


def run(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], exit_code: int = 0, show: bool = True
) -> str:
    """Run a command, print it with its output, and give back the output without colours.

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
        print(_without_noise(ended.stdout), flush=True)
    if ended.returncode != exit_code:
        raise ClaimFailedError(f"{shlex.join(command)} ends with {exit_code}\nSeen instead: {ended.returncode}")
    return _ANSI.sub("", ended.stdout)


def _without_noise(output: str) -> str:
    kept: list[str] = []
    for line in output.splitlines():
        plain = _ANSI.sub("", line)
        if _NOISE.match(plain) or (not plain.strip() and (not kept or not kept[-1].strip())):
            continue
        kept.append(line)
    return "\n".join(f"  {line}" if line.strip() else "" for line in kept)


def _styled(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if COLOUR else text
