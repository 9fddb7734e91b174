"""Executors: a process that runs purchases holds a lock file for as long as it lives, so that others know.

The system lets go of the lock when the process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from provider.platform.database.failure import describe_home_failure

FOLDER = "executors"
PLACE_FILE = "place"


class Executor:
    """This process, as others see it; ``id`` is new at every boot.

    Raises:
        UnavailableError: the home folder cannot be written.
    """

    def __init__(self, home: Path) -> None:
        try:
            self.id = f"{_place(home)}-{secrets.token_hex(6)}"
            self._path = home / FOLDER / self.id
            self._descriptor = _lock_file(self._path)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        except OSError as error:
            raise describe_home_failure(error, home) from error

    def leave(self) -> None:
        """Let go of the lock. What still runs in this process is taken over by others."""
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def _lock_file(path: Path) -> int:
    """Make a lock file and hold it. Whoever found it before it was held took it for abandoned and removed it again."""
    while True:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
        os.close(descriptor)


@contextmanager
def abandoned(home: Path, executor_id: str) -> Iterator[bool]:
    """Whether an executor's process is gone. While inside, nobody else takes over from it.

    Of an executor of another place (the same database, another home folder) that cannot be known: it is not.
    """
    if not executor_id.startswith(f"{_place(home)}-"):
        yield False
        return
    path = home / FOLDER / executor_id
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def left_behind(home: Path) -> list[str]:
    """The executors that have a lock file, living or not."""
    prefix = f"{_place(home)}-"
    return sorted(path.name for path in (home / FOLDER).iterdir() if path.name.startswith(prefix))


def _place(home: Path) -> str:
    """What tells this folder of lock files from every other; drawn when it is made."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / PLACE_FILE
    if not path.exists():
        with NamedTemporaryFile("w", dir=folder, prefix=".place-") as draft:
            draft.write(secrets.token_hex(4))
            draft.flush()
            with suppress(FileExistsError):
                path.hardlink_to(draft.name)
    return path.read_text(encoding="ascii")
