"""A PostgreSQL server that lives as long as the tests, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

ACCOUNTS = ("postgres", "nobody")


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is; None when it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(installed[-1]) if installed else None)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """One that runs; ``control`` is its ``pg_ctl`` with everything but the command."""

    url: str
    control: tuple[str, ...]
    options: str

    def crash_and_restart(self) -> None:
        """As after a power failure: every connection breaks, and the log is replayed."""
        _run([*self.control, "-m", "immediate", "-o", self.options, "restart"])


@contextmanager
def throw_away_server() -> Iterator[PostgresServer | None]:
    """A new server; None where PostgreSQL is not installed.

    Raises:
        RuntimeError: it is not installed, and this is CI, where nothing may be left out.
    """
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if initdb is None or pg_ctl is None:
        if os.environ.get("CI") == "true":
            raise RuntimeError("PostgreSQL is not installed: see packaging/debian-packages.txt")
        yield None
        return
    # A short path, because those of sockets are limited.
    with tempfile.TemporaryDirectory(prefix="qualit-pg-", dir="/tmp") as folder:
        data = f"{folder}/data"
        prefix = _as_other_user(Path(folder))
        port = _free_port()
        _run([*prefix, initdb, "-D", data, "-U", "qualit", "-A", "trust", "--no-sync", "-E", "UTF8"])
        control = (*prefix, pg_ctl, "-D", data, "-w", "-l", f"{folder}/log")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=400"
        _run([*control, "-o", options, "start"])
        try:
            yield PostgresServer(f"postgresql+psycopg://qualit@127.0.0.1:{port}/postgres", control, options)
        finally:
            _run([*control, "-m", "immediate", "stop"])


def new_database(server: str | None, template: str | None = None) -> str:
    """The address of a new database; a copy of ``template``. The test is skipped where there is no server."""
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    name = f"shop_{uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _as_other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    account = next(name for name in ACCOUNTS if _exists(name))
    entry = pwd.getpwnam(account)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return ["runuser", "-u", account, "--"]


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr or done.stdout}")
