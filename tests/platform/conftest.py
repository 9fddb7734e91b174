"""A shop on a real database file and on PostgreSQL, with the real sandbox gateway and a host in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop
from tests.postgres import new_database


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
    url = new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
    yield from _checked(Shop(tmp_path / "home", host, database_url=url))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_damaged(request: pytest.FixtureRequest, tmp_path: Path, host: MemoryHypervisor) -> Iterator[Shop]:
    """A shop on each kind of database in which N9 may be broken when the test is over."""
    url = new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
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
