"""A shop on a real database file and on PostgreSQL, with the real sandbox gateway and a host in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.postgres import throw_away_server
from tests.platform.shop import Shop


@pytest.fixture(scope="session")
def postgres() -> Iterator[str | None]:
    with throw_away_server() as url:
        yield url


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> MemoryHypervisor:
    machine_host = MemoryHypervisor()
    for module in ("purchase.flow", "free_changes"):
        monkeypatch.setattr(f"provider.platform.{module}.RETRY_SECONDS", (0.05,))
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: machine_host)
    return machine_host


@pytest.fixture
def shop(tmp_path: Path, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop on SQLite; N9 is checked when the test is over."""
    yield from _checked(Shop(tmp_path / "home", host))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_shop(request: pytest.FixtureRequest, tmp_path: Path, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop on each kind of database."""
    url = _new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
    yield from _checked(Shop(tmp_path / "home", host, database_url=url))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_damaged(request: pytest.FixtureRequest, tmp_path: Path, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop on each kind of database in which N9 may be broken when the test is over."""
    url = _new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
    shop = Shop(tmp_path / "home", host, database_url=url)
    yield shop
    shop.close()


def _checked(shop: Shop) -> Iterator[Shop]:
    yield shop
    shop.host.down = shop.host.down_after_change = False
    try:
        shop.recover()
        assert shop.cash() == shop.charged, "N9: the ledger's cash is not the gateway's"
    finally:
        shop.close()


def _new_database(server: str | None) -> str:
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    name = f"shop_{uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
