"""One purchase at a time on one contract, across the threads and processes of a home; many contracts at once."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provider.backend.port import UnavailableError
from provider.platform.database.failure import describe_home_failure

POLL_SECONDS = 0.05


@contextmanager
def contract_lock(home: Path, contract_id: str, *, seconds: float) -> Iterator[None]:
    """Hold a contract's lock, waiting for it up to ``seconds``. The system releases it when the process dies.

    Raises:
        UnavailableError: somebody else held it for longer.
    """
    folder = home / "locks"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder / contract_id, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise describe_home_failure(error, home) from error
    try:
        _acquire(descriptor, contract_id, time.monotonic() + seconds)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, contract_id: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise UnavailableError(
                    "Another purchase is under way",
                    f"Another process works on the contract {contract_id}. Run the same again when it has finished.",
                ) from None
            time.sleep(POLL_SECONDS)
        else:
            return
