"""``qualit doctor``: what is missing on this machine, and how to get it."""

from __future__ import annotations

from typing import Annotated

import typer

from provider.cli.output import JsonOption, print_json, print_text
from provider.configuration import load_configuration


def doctor(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Say what is missing here, and how to get it.

    Ends with 1 when something is missing that ordering and running servers needs.
    """
    from provider.cli.doctor_checks import run_checks

    checks = run_checks(load_configuration())
    missing = [check for check in checks if not check.ok]
    if as_json:
        print_json(
            {
                "ok": not missing,
                "checks": [
                    {"name": check.name, "ok": check.ok, "detail": check.detail, "remedy": check.remedy or None}
                    for check in checks
                ],
            }
        )
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            print_text(
                f"{'ok     ' if check.ok else 'MISSING'}  {check.name:<{width}}  {check.detail}",
                style="" if check.ok else "bold red",
            )
            if not check.ok and check.remedy:
                print_text(f"{'':{width + 11}}{check.remedy}")
        print_text("\nEverything needed is here." if not missing else f"\n{len(missing)} of {len(checks)} are missing.")
    if missing:
        raise typer.Exit(1)
