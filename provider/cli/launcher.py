"""The launcher of a plugin: a small script that starts it with this very Python.

Called by ``qualit terraform install`` and ``qualit pulumi install``.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from provider import __version__
from provider.cli.output import CommandError


def launcher_text(program: str) -> str:
    """The script of the plugin for ``terraform`` or ``pulumi``.

    ``-P -E`` keep a ``provider.py`` in the user's folder and a PYTHONPATH out.
    """
    python = shlex.quote(sys.executable)
    return (
        "#!/bin/sh\n"
        f"# Qual.IT's plugin {__version__}. `qualit {program} install` wrote this file and writes it again.\n"
        f'exec {python} -P -E -m provider.{program} "$@"\n'
    )


def write_launcher(path: Path, program: str) -> bool:
    """Write the script of a plugin; whether it took the place of another one.

    Raises:
        CommandError: it cannot be written.
    """
    text = launcher_text(program)
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else text
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(0o755)
        temporary.replace(path)
    except OSError as error:
        raise CommandError(
            "The plugin cannot be installed",
            f"{error.filename or path}: {error.strerror}. Make it writable, or name another folder with --dir.",
        ) from error
    return before != text
