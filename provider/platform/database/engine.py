"""The engine: connections whose transactions are serialisable, on SQLite and on PostgreSQL.

Opened by the embedded backend. Reading is one transaction, writing is a function that may be run again.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from provider.backend.port import UnavailableError
from provider.platform.database.failure import describe_failure, describe_home_failure
from provider.platform.database.file import create_sqlite_file

T = TypeVar("T")

DATABASE_FILE = "qualit.sqlite3"
BUSY_SECONDS = 30
ADVISORY_LOCK = 0x7175616C
"""Ours among PostgreSQL's advisory locks of one database; any number does."""
RETRIED_SQLSTATES = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization_failure and deadlock_detected: the transaction is to be run again."""


class Database:
    """The platform's records.

    Raises:
        UnavailableError: from every method, when the file or the server cannot be used; with the remedy.
    """

    def __init__(self, url: URL, place: str) -> None:
        self.place = place
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the records."""
        with self._described(), self._engine.connect() as connection:
            if not self.is_sqlite:
                # A snapshot is all that reading needs, and unlike a serialisable one it is never refused.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction. It may be run again, so it touches nothing but the connection."""
        deadline = time.monotonic() + BUSY_SECONDS
        for attempt in itertools.count():
            with self._described():
                try:
                    return self._write_once(work)
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) not in RETRIED_SQLSTATES or time.monotonic() > deadline:
                        raise
            # Those that met must not meet again: each waits for another time, longer the more often they met.
            time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 (no secret)
        raise AssertionError("an attempt returns or raises")

    def write_alone(self, work: Callable[[Connection], T]) -> T:
        """As ``write``, while nobody else runs such a one: for what is made once."""
        if self.is_sqlite:
            return self.write(work)
        with self._described(), self._engine.connect() as connection:
            # Serialisable transactions read as of their first statement, which would be the waiting for the lock.
            connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
                return work(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect().execution_options(qualit_write=True) as connection, connection.begin():
            return work(connection)

    @contextmanager
    def _described(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise describe_failure(error, self.place) from error


def open_database(home: Path, database_url: str | None) -> Database:
    """The database of a home: its SQLite file, or the server that ``database_url`` names."""
    if database_url is None:
        path = home / DATABASE_FILE
        try:
            create_sqlite_file(path)
        except OSError as error:
            raise describe_home_failure(error, home) from error
        except sqlite3.Error as error:
            raise describe_failure(DBAPIError(None, None, error), str(path)) from error
        return Database(URL.create("sqlite+pysqlite", database=str(path)), str(path))
    try:
        url = make_url(database_url)
        return Database(url, url.render_as_string(hide_password=True))
    except (ArgumentError, ModuleNotFoundError) as error:
        raise UnavailableError(
            "The database address cannot be used",
            "QUALIT_DATABASE_URL (`database_url` in the provider block) must be an address such as "
            f"postgresql+psycopg://user@host/name, with its driver installed: {type(error).__name__}.",
            attribute="database_url",
        ) from None


def make_home(home: Path) -> None:
    """Create the home folder, for this user alone; one that exists keeps its permissions."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise describe_home_failure(error, home) from error


def _postgresql_engine(url: URL) -> Engine:
    # A server that was restarted has closed what the pool holds: such a connection is replaced before it is used.
    return create_engine(url, isolation_level="SERIALIZABLE", pool_pre_ping=True)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=16, max_overflow=16)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: what is written has to start with BEGIN IMMEDIATE,
        # or two writers could both read before either writes.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("qualit_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
