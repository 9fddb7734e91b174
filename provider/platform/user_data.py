"""User data between the order and the installation: a private file, never a database column (N8)."""

from __future__ import annotations

import os
from pathlib import Path

from provider.platform.database.failure import describe_home_failure


def keep(folder: Path, server_id: str, text: str | None) -> None:
    """Keep what the machine is to be installed with; None forgets it.

    Raises:
        UnavailableError: the home cannot be written.
    """
    if text is None:
        forget(folder, server_id)
        return
    path = _path(folder, server_id)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise describe_home_failure(error, folder) from error


def kept(folder: Path, server_id: str) -> str | None:
    path = _path(folder, server_id)
    return path.read_text(encoding="utf-8") if path.exists() else None


def forget(folder: Path, server_id: str) -> None:
    _path(folder, server_id).unlink(missing_ok=True)


def _path(folder: Path, server_id: str) -> Path:
    return folder / "user-data" / server_id
