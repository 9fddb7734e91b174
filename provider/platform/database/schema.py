"""The schema's version: checked whenever a home is opened, brought forward by Alembic when it is older.

Alembic is imported only then, because every plan opens the home.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from provider.backend.port import UnavailableError
from provider.platform.database.engine import Database

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every schema version there was, oldest first; the last one is what this program works with."""

MIGRATIONS = Path(__file__).parent / "migrations"

_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))


def bring_up_to_date(database: Database) -> None:
    """Create or migrate the tables where that is needed.

    Raises:
        UnavailableError: the tables were made by a newer version of this program.
    """
    with database.read() as connection:
        if _current(connection, database) == REVISIONS[-1]:
            return
    database.write_alone(lambda connection: _upgrade(connection, database))


def _current(connection: Connection, database: Database) -> str | None:
    if not inspect(connection).has_table(_version.name):
        return None
    version = connection.execute(select(_version.c.version_num)).scalar_one_or_none()
    if version is not None and version not in REVISIONS:
        raise UnavailableError(
            "The records were made by a newer version of qualit",
            f"{database.place} has schema version {version}; this program knows versions up to {REVISIONS[-1]}. "
            "Install the newer version of qualit that wrote it. Nothing was changed.",
            attribute="home" if database.is_sqlite else "database_url",
        )
    return version


def _upgrade(connection: Connection, database: Database) -> None:
    if _current(connection, database) == REVISIONS[-1]:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
