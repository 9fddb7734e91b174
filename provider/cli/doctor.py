"""``qualit doctor``: what is missing on this machine, and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import JsonOption, print_json, print_text
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from provider.platform.hypervisor.checks import Check

_STYLES = {"ok": "", "limited": "yellow", "MISSING": "bold red"}


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
                    {
                        "name": check.name,
                        "ok": check.ok,
                        "limited": check.limited,
                        "detail": check.detail,
                        "remedy": check.remedy or None,
                    }
                    for check in checks
                ],
            }
        )
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            state = _state(check)
            margin = " " * (width + 11)
            detail = check.detail.replace("\n", f"\n{margin}")
            print_text(f"{state:<7}  {check.name:<{width}}  {detail}", style=_STYLES[state])
            if state != "ok" and check.remedy:
                print_text(f"{margin}{check.remedy}")
        print_text(f"\n{_conclusion(missing)}")
    if missing:
        raise typer.Exit(1)


def _state(check: Check) -> str:
    if not check.ok:
        return "MISSING"
    return "limited" if check.limited else "ok"


def _conclusion(missing: list[Check]) -> str:
    if not missing:
        return "Everything needed is here."
    return f"Missing: {', '.join(check.name for check in missing)}."
