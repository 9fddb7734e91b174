"""A plugin's log: lines of JSON on standard error, in the form that hclog, the log of Terraform's plugins, reads.

Messages name calls, types and places in the program; never a value of an attribute. Errors also go to a file in the
home, once there is one, because a host throws the lines away unless it is asked for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

LEVELS = ("trace", "debug", "info", "warn", "error", "off")


class Log:
    """Writes lines; safe to be called from several threads."""

    def __init__(self, level: str) -> None:
        self._least = LEVELS.index(level)
        self._lock = threading.Lock()
        self._file: Path | None = None

    def keep_errors_in(self, file: Path) -> None:
        """Add errors to this file from now on; its folder is made when the first one comes."""
        self._file = file

    def debug(self, message: str, **fields: str | int) -> None:
        self._write("debug", message, fields)

    def info(self, message: str, **fields: str | int) -> None:
        self._write("info", message, fields)

    def warn(self, message: str, **fields: str | int) -> None:
        self._write("warn", message, fields)

    def error(self, message: str, **fields: str | int) -> Path | None:
        """Write an error; gives the file that holds it, or None when there is none or it cannot be written."""
        line = self._write("error", message, fields)
        if self._file is None:
            return None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._lock, open(self._file, "a", opener=_private) as file:
                file.write(line)
        except OSError:
            return None
        return self._file

    def _write(self, level: str, message: str, fields: dict[str, str | int]) -> str:
        entry = {
            "@level": level,
            "@message": message,
            "@module": "qualit",
            "@timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            **fields,
        }
        line = json.dumps(entry) + "\n"
        if LEVELS.index(level) >= self._least:
            with self._lock, contextlib.suppress(OSError):  # the host may be gone, and what runs is still finished
                sys.stderr.write(line)
                sys.stderr.flush()
        return line


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
