"""Leaving work to a process that outlives this one: a host ends a plugin two seconds after it asked it to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from provider.configuration import ENVIRONMENT, STRIPE_ENVIRONMENT, Configuration
from provider.platform.context import Platform
from provider.platform.records import orders
from provider.platform.workers.engine import LOG_FILE


def leave_open_orders(platform: Platform, configuration: Configuration) -> None:
    """Start a worker if an order is open that could go on; one that waits for its customer cannot."""
    with platform.database.read() as connection:
        if all(order.waits_for == "customer" for order in orders.unfinished(connection)):
            return
    start_worker(configuration)


def start_worker(configuration: Configuration) -> None:
    """Start ``qualit work --until-idle`` for a home, in a session of its own; it writes to the log there."""
    command = [sys.executable, "-P", "-E", "-m", "provider.cli.main", "work", "--until-idle"]
    with open(configuration.home / LOG_FILE, "ab", opener=_private) as log:
        subprocess.Popen(  # noqa: S603 - this program itself
            command,
            env=_environment(configuration),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _environment(configuration: Configuration) -> dict[str, str]:
    """This process's environment, with the settings of this home instead of what it says itself."""
    settings = {variable: getattr(configuration, name) for name, variable in ENVIRONMENT.items()}
    settings |= {variable: getattr(configuration.stripe, name) for name, variable in STRIPE_ENVIRONMENT.items()}
    environment = {name: value for name, value in os.environ.items() if name not in settings}
    return environment | {name: _as_text(value) for name, value in settings.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, Path):
        return str(value.absolute())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
