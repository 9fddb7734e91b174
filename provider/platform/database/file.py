"""Making an SQLite file: whole or not at all, readable by its owner alone. Used for the records and the sandbox."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp


def create_sqlite_file(path: Path, script: str = "") -> None:
    """Create ``path`` in write-ahead mode with what ``script`` makes; a file that is there stays as it is.

    It is made beside its place and linked into it, so that two processes that begin at once cannot meet a
    half-made file, nor both change its journal mode.

    Raises:
        OSError, sqlite3.Error: the folder cannot be written.
    """
    if path.exists():
        return
    descriptor, name = mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(descriptor)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.executescript(f"PRAGMA journal_mode = WAL; {script}")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        for leftover in (draft, Path(f"{name}-wal"), Path(f"{name}-shm")):
            leftover.unlink(missing_ok=True)
