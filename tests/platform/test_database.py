"""The records: where they are kept, what becomes of money in them, and what is said when they cannot be used."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from provider.backend.embedded import connect
from provider.backend.port import UnavailableError
from provider.commerce.change import NewContract
from provider.configuration import Configuration
from provider.platform.database import tables
from provider.platform.database.engine import Database, make_home, open_database
from provider.platform.database.schema import REVISIONS, bring_up_to_date
from provider.platform.ledger import entries
from tests.platform.earlier import back_to_first_schema
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


@contextmanager
def migrated(home: Path, url: str | None = None) -> Iterator[Database]:
    make_home(home)
    database = open_database(home, url)
    try:
        bring_up_to_date(database)
        yield database
    finally:
        database.close()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own of two mebibytes."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this user cannot mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_migrations_make_the_tables_that_the_code_states(any_shop: Shop) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with migrated(any_shop.home, any_shop.database_url) as database:
        any_shop.backend.now()
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, tables.metadata) == []


def test_the_versions_that_the_code_knows_are_those_of_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from provider.platform.database.schema import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_a_home_of_an_earlier_version_opens_with_what_it_had_and_no_default_payment_method(shop: Shop) -> None:
    shop.buy()
    account = shop.backend.account()
    shop.close()
    back_to_first_schema(shop)
    assert shop.backend.account() == account
    shop.backend.choose_default_payment_method("test-paypal")
    assert shop.server().contract.payment_method == "test-visa"


def test_a_plan_on_a_home_that_is_current_imports_neither_alembic_nor_libvirt(shop: Shop) -> None:
    shop.plan(NEW)
    shop.close()
    program = (
        "import sys, pathlib, datetime\n"
        "from provider.backend.embedded import connect\n"
        "from provider.configuration import Configuration\n"
        "instant = datetime.datetime.fromisoformat(sys.argv[2])\n"
        "backend = connect(Configuration(home=pathlib.Path(sys.argv[1]), test_clock=instant))\n"
        "backend.identity('vps', 'web'); backend.catalogue(); backend.payment_methods(); backend.servers()\n"
        "backend.close()\n"
        "print([name for name in ('alembic', 'libvirt', 'sqlalchemy.orm', 'dbos') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(shop.home), shop.instant],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"


def test_records_of_a_newer_version_are_left_alone_with_a_clear_error(any_shop: Shop) -> None:
    shop = any_shop
    shop.plan(NEW)
    records = shop.records()
    records.write(lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableError, match=r"9999.*Install the newer version"):
        shop.reopen().backend.now()
    shop.records().write(
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": REVISIONS[-1]})
    )


def test_the_home_and_its_files_are_for_their_owner_alone(shop: Shop) -> None:
    shop.buy()
    shop.close()
    assert stat.S_IMODE(shop.home.stat().st_mode) == 0o700
    for file in shop.home.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) in (0o600, 0o700), file


def test_a_home_that_is_a_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(UnavailableError, match="set QUALIT_HOME") as raised:
        connect(Configuration(home=tmp_path / "home")).now()
    assert raised.value.attribute == "home"


def test_a_file_that_is_no_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "qualit.sqlite3").write_text("Dear diary, this is not a database at all. " * 99)
    with pytest.raises(UnavailableError, match="is not an SQLite database") as raised:
        connect(Configuration(home=tmp_path)).now()
    assert raised.value.attribute == "home"


def test_a_read_only_home_is_refused_with_the_remedy(shop: Shop, tmp_path: Path) -> None:
    shop.home = tmp_path / "disk" / "home"
    with small_disk(tmp_path / "disk"):
        shop.plan(NEW)
        shop.close()
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        with pytest.raises(UnavailableError, match="QUALIT_HOME") as raised:
            shop.plan(NewContract("vps-4", "debian-12", 1))
        assert raised.value.attribute == "home"
        shop.close()
        subprocess.run(["mount", "-o", "remount,rw", str(tmp_path / "disk")], check=True)
    shop.home = tmp_path / "home"


def test_a_full_home_is_refused_with_nothing_ordered(shop: Shop, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    shop.home = disk / "home"
    with small_disk(disk):
        quote = shop.plan(NEW)
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(b"x" * (room.f_bavail * room.f_frsize))
        with pytest.raises(UnavailableError, match=r"full|room|No space"):
            shop.apply(quote)
        (disk / "filler").unlink()
        assert shop.apply(quote).status == "active"
        assert len(shop.backend.payments()) == 1
        shop.close()
    shop.home = tmp_path / "home"


def test_a_database_server_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://qualit:s3cr3t@127.0.0.1:9/none"
    with pytest.raises(UnavailableError) as raised:
        connect(Configuration(home=tmp_path, database_url=url)).now()
    assert "127.0.0.1:9" in raised.value.detail
    assert "s3cr3t" not in str(raised.value)
    assert raised.value.attribute == "database_url"


@pytest.mark.parametrize("url", ["not an address", "nodatabase://x/y", "postgresql+nodriver://x/y"])
def test_a_database_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UnavailableError, match="postgresql\\+psycopg://") as raised:
        connect(Configuration(home=tmp_path, database_url=url)).now()
    assert raised.value.attribute == "database_url"


def test_money_is_stored_as_whole_cents_and_comes_back_as_it_was(any_shop: Shop) -> None:
    any_shop.buy()
    records = any_shop.records()
    with records.read() as connection:
        assert connection.execute(select(tables.orders.c.amount)).scalar_one() == Decimal("6.99")
    if any_shop.database_url is None:
        with closing(sqlite3.connect(any_shop.home / "qualit.sqlite3")) as raw:
            assert raw.execute("SELECT amount, typeof(amount) FROM orders").fetchone() == (699, "integer")


@pytest.mark.parametrize("amount", [6.99, Decimal("6.999")])
def test_money_that_is_a_float_or_no_whole_cents_is_not_stored(shop: Shop, amount: object) -> None:
    shop.buy()
    records = shop.records()
    with pytest.raises(UnavailableError) as raised:
        records.write(lambda connection: connection.execute(update(tables.orders).values(amount=amount)))
    assert isinstance(raised.value.__cause__, StatementError)


@pytest.mark.parametrize("table", [tables.journal, tables.postings])
def test_what_the_ledger_says_cannot_be_changed(any_shop: Shop, table: Table) -> None:
    any_shop.buy()
    records = any_shop.records()
    for statement in (delete(table), update(table).values({table.primary_key.columns[0].name: "other"})):
        with pytest.raises(UnavailableError) as raised:
            records.write(lambda connection, statement=statement: connection.execute(statement))  # type: ignore[misc]
        assert isinstance(raised.value.__cause__, DBAPIError)
        assert "never changed" in str(raised.value.__cause__)


def test_an_order_holds_its_natural_key_in_the_database_itself(any_shop: Shop) -> None:
    any_shop.buy()
    records = any_shop.records()
    with records.read() as connection:
        row = dict(connection.execute(select(tables.orders)).one()._mapping)
        del row["number"]
    with pytest.raises(UnavailableError) as raised:
        records.write(lambda connection: connection.execute(insert(tables.orders).values({**row, "id": "ord-other"})))
    assert "uq_orders_natural_key" in str(raised.value.__cause__) or "UNIQUE" in str(raised.value.__cause__)


def test_n9_a_ledger_of_an_earlier_release_keeps_its_entries_and_stays_immutable(any_damaged: Shop) -> None:
    from alembic import command
    from alembic.config import Config

    from provider.platform.database.schema import MIGRATIONS

    make_home(any_damaged.home)
    database = open_database(any_damaged.home, any_damaged.database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def begin(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for statement in EARLIER:
            connection.execute(text(statement))

    with closing(database):
        database.write_alone(begin)
        bring_up_to_date(database)
        with database.read() as connection:
            (entry,) = entries(connection)
            cents = Decimal("0.07") if database.is_sqlite else Decimal("7.00")
            assert (entry.kind, entry.cash, entry.reference) == ("charge", cents, "")
            if database.is_sqlite:
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("SELECT journal_id FROM receipts")).scalar_one() == "jrn-1"
        for statement in ("DELETE FROM journal", "UPDATE postings SET amount = 1", "DELETE FROM postings"):
            with pytest.raises(UnavailableError) as raised:
                database.write(lambda connection, statement=statement: connection.execute(text(statement)))  # type: ignore[misc]
            assert "never changed" in str(raised.value.__cause__)
        with pytest.raises(UnavailableError):
            database.write(lambda connection: connection.execute(text(f"{POSTING} ('jrn-none', 'cash', 1, 'EUR')")))
        with pytest.raises(UnavailableError):
            database.write(lambda connection: connection.execute(text(f"{POSTING} ('jrn-1', 'other', 1, 'EUR')")))


POSTING = "INSERT INTO postings (journal_id, account, amount, currency) VALUES"
EARLIER = (
    "INSERT INTO orders (number, id, kind, contract_id, line, revision, status, name, quote_id, proposal, description,"
    " amount, refunded, credit, currency, monthly_price, payment_method, placed_at) VALUES (1, 'ord-1', 'new', 'ctr-1',"
    " 'solution', 0, 'declined', 'web', 'q-1', '{}', '', 700, 0, 0, 'EUR', 700, 'test-visa', '2026-01-31 09:00:00')",
    "INSERT INTO journal (id, order_id, contract_id, kind, at) VALUES"
    " ('jrn-1', 'ord-1', 'ctr-1', 'charge', '2026-01-31 09:00:00')",
    f"{POSTING} ('jrn-1', 'cash', 7, 'EUR'), ('jrn-1', 'revenue', -7, 'EUR')",
    "INSERT INTO receipts (number, series, year, serial, journal_id, order_id, issued_at, document) VALUES"
    " ('R-2026-000001', 'R', 2026, 1, 'jrn-1', 'ord-1', '2026-01-31 09:00:00', '{}')",
)
"""A charge with its receipt in a home of schema version 0006."""
