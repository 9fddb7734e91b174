"""The first moments of a plugin process: its port on standard output, and only then everything else.

The engine waits for that line. Nothing else may stand on standard output, and nothing at all on standard error,
which the engine shows to the person.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from provider.pulumi.process import Process
    from provider.pulumi.server import Server

BY_HAND = """\
This is the plugin that Pulumi starts by itself. It serves now, until it is interrupted. To have a program use this
very process:

    PULUMI_DEBUG_PROVIDERS=qualit:{port} pulumi up

`qualit pulumi install` puts the plugin where the Pulumi CLI finds it.
"""


def main(load: Callable[[], Server], arguments: Sequence[str]) -> int:
    """Serve until the engine has had enough; the process's exit status.

    ``load`` makes the provider's server; it may import what it likes, and is called after the port is out.
    """
    announcements = _take_standard_output()
    by_hand = os.isatty(announcements)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # it would look through every installed package for some
    from provider.pulumi.process import Process

    with Process(load, engine_address(arguments), alone=by_hand) as process:
        _mind_signals(process)
        os.write(announcements, f"{process.port}\n".encode())
        if by_hand:
            sys.stderr.write(BY_HAND.format(port=process.port))
        process.wait()
    return 0


def engine_address(arguments: Sequence[str]) -> str:
    """The engine's address among the arguments, empty if there is none; options, such as of tracing, are passed by."""
    last = arguments[-1] if arguments else ""
    after_option = len(arguments) > 1 and arguments[-2] == "--tracing"
    return "" if last.startswith("-") or after_option else last


def _mind_signals(process: Process) -> None:
    """SIGINT, by which the engine ends a plugin, waits for what is running; SIGTERM ends the process in order."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        process.end_when_idle()

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))


def _take_standard_output() -> int:
    """Keep standard output for the port: what anything else prints goes to standard error."""
    announcements = os.dup(1)
    os.dup2(2, 1)
    return announcements
