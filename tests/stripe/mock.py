"""stripe-mock: Stripe's own server that knows the schema of every request, and remembers nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.story.tools import TOOLS_FOLDER

CACHED = TOOLS_FOLDER / "stripe-mock-0.203.0" / "stripe-mock"


def program() -> str:
    """Where it is: on PATH, or where ``make tools`` puts it. Skips the test without it, except in CI."""
    found = shutil.which("stripe-mock") or (str(CACHED) if CACHED.exists() else None)
    if found is None:
        message = f"stripe-mock is neither on PATH nor at {CACHED}: run make tools"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def stripe_mock(log: Path) -> Iterator[str]:
    """A server of its own; gives its address. It refuses requests of another version of the API than its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program(), "-http-addr", address, "-strict-version-check"], stdout=output, stderr=output
        )
        try:
            _wait_for(address, process)
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def refusal_of(url: str, method: str, path: str, text: str, headers: dict[str, str]) -> str | None:
    """Why stripe-mock does not take a request; None when it does."""
    whole = f"{url}{path}?{text}" if method == "GET" and text else f"{url}{path}"
    kept = {name: value for name, value in headers.items() if name in _HEADERS}
    request = Request(whole, text.encode() if method == "POST" else None, kept, method=method)  # noqa: S310
    try:
        with urlopen(request, timeout=10):  # noqa: S310 - of the test
            return None
    except HTTPError as error:
        with error:
            return f"{method} {path}: {error.code} {error.read().decode()}"


_HEADERS = frozenset({"authorization", "content-type", "stripe-version", "idempotency-key"})


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    host, port = address.split(":")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"stripe-mock does not answer at {address}")
