"""The gateway's file: its tables, their version, and how a file of an earlier release is brought forward."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from provider.platform.database.file import create_sqlite_file
from provider.platform.payments.port import GatewayUnavailableError

GATEWAY_FILE = "sandbox-gateway.sqlite3"
VERSION = 2
BUSY_SECONDS = 30

_TABLES_OF_1 = """
CREATE TABLE disputes (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, intent_id TEXT NOT NULL UNIQUE REFERENCES intents (id),
    cents INTEGER NOT NULL, status TEXT NOT NULL);
CREATE TABLE events (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    intent_id TEXT NOT NULL REFERENCES intents (id), at TEXT NOT NULL);
CREATE TABLE faults (
    number INTEGER PRIMARY KEY, operation TEXT NOT NULL, kind TEXT NOT NULL, seconds REAL NOT NULL,
    times INTEGER NOT NULL);
CREATE TABLE storm (
    number INTEGER PRIMARY KEY, rate REAL NOT NULL, seed INTEGER NOT NULL, kinds TEXT NOT NULL,
    operations TEXT NOT NULL, seconds REAL NOT NULL, calls INTEGER NOT NULL);
CREATE INDEX refunds_of_intent ON refunds (intent_id);
CREATE INDEX events_by_number ON events (number);
"""
_TABLES_OF_2 = """
CREATE TABLE removed_methods (id TEXT PRIMARY KEY);
"""
SCHEMA = f"""
CREATE TABLE intents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL, cents INTEGER NOT NULL,
    currency TEXT NOT NULL, method TEXT NOT NULL, status TEXT NOT NULL, decline_code TEXT, action_url TEXT,
    faulted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE refunds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, intent_id TEXT NOT NULL REFERENCES intents (id),
    cents INTEGER NOT NULL, idempotency_key TEXT NOT NULL);
CREATE TABLE keys (
    idempotency_key TEXT PRIMARY KEY, request TEXT NOT NULL, result TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE calls (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL,
    outcome TEXT NOT NULL);
{_TABLES_OF_1}
{_TABLES_OF_2}
PRAGMA user_version = {VERSION};
"""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the gateway's file, which is made or brought forward where that is needed.

    Raises:
        GatewayUnavailableError: a newer version of this program made it.
        OSError, sqlite3.Error: it cannot be used.
    """
    create_sqlite_file(path, SCHEMA)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        if _version(connection, path) < VERSION:
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have been first.
            for step in _STEPS[_version(connection, path) :]:
                step(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise GatewayUnavailableError(
            f"the sandbox gateway's file {path} was made by a newer version of qualit: it has version {version}, and "
            f"this program knows versions up to {VERSION}; install the version of qualit that wrote it. Nothing was "
            "changed"
        )
    return version


def _from_0(connection: sqlite3.Connection) -> None:
    """From the files of 0.1.0, which had no version. Their keys have no time: they are kept for a day from now."""
    connection.execute("ALTER TABLE intents RENAME COLUMN reply_lost TO faulted")
    connection.execute("ALTER TABLE keys ADD COLUMN at TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE keys SET at = ?", (datetime.now(UTC).isoformat(),))
    for statement in _TABLES_OF_1.split(";"):
        connection.execute(statement)


def _from_1(connection: sqlite3.Connection) -> None:
    """Until then every test method was saved for ever."""
    connection.execute(_TABLES_OF_2)


_STEPS = (_from_0, _from_1)
"""What brings a file of each version to the next one."""
