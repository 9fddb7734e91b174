"""What a database error means to a person: one place turns driver errors into errors with a remedy."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provider.backend.port import UnavailableError

SQLITE = {
    "SQLITE_FULL": (
        "The home folder is full",
        "There is no room left for {place}. Free some space on that disk and run the same again.",
    ),
    "SQLITE_READONLY": (
        "The home folder is read-only",
        "{place} cannot be written. Make its folder and its files writable for this user, or set QUALIT_HOME "
        "(`home` in the provider block) to a folder that is.",
    ),
    "SQLITE_CANTOPEN": (
        "The home folder cannot be written",
        "{place} cannot be opened or created. Make its folder writable for this user, or set QUALIT_HOME "
        "(`home` in the provider block) to a folder that is.",
    ),
    "SQLITE_NOTADB": (
        "The database file is no database",
        "{place} is not an SQLite database. Move it away, or set QUALIT_HOME (`home` in the provider block) to "
        "another folder.",
    ),
    "SQLITE_CORRUPT": (
        "The database file is damaged",
        "{place} is damaged: restore it from a backup. Orders and payments are recorded in it, so do not start with "
        "an empty one.",
    ),
    "SQLITE_BUSY": (
        "The database is busy",
        "Another process kept {place} locked for too long. Run the same again; if it persists, see which process "
        "holds the file with `fuser`.",
    ),
    "SQLITE_IOERR": (
        "The home folder cannot be used",
        "Reading or writing {place} failed. Check the disk and run the same again.",
    ),
}
"""Summary and remedy by SQLite's primary result code."""


def describe_failure(error: SQLAlchemyError, place: str) -> UnavailableError:
    """The error to show for one of SQLAlchemy's; ``place`` is the file or the server, without a password."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorname", None)
    if code:
        for name, (summary, detail) in SQLITE.items():
            if code.startswith(name):
                return UnavailableError(summary, f"{detail.format(place=place)} ({cause})", attribute="home")
    attribute = "home" if code else "database_url"
    reason = str(cause or error).strip().splitlines()[0]
    return UnavailableError(
        "The platform's database cannot be used",
        f"{place} answered: {reason}. Check that it runs and that this account may use it, then run the same again.",
        attribute=attribute,
    )


def describe_home_failure(error: OSError, home: Path) -> UnavailableError:
    """The error to show when the home folder itself cannot be made or written."""
    return UnavailableError(
        "The home folder cannot be used",
        f"{home}: {error.strerror or error}. Make it a folder that this user can write, or set QUALIT_HOME (`home` in "
        "the provider block) to one.",
        attribute="home",
    )
