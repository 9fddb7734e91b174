"""For every test: the settings of the person who runs the tests do not reach them, and what is quick comes first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.configuration import ENVIRONMENT, STRIPE_ENVIRONMENT, Configuration
from tests.postgres import throw_away_server


def pytest_configure() -> None:
    """A test that wants a setting sets it itself."""
    for variable in (*ENVIRONMENT.values(), *STRIPE_ENVIRONMENT.values()):
        os.environ.pop(variable, None)


TESTS = Path(__file__).parent
QUICK = ("commerce", "resources", "project", "terraform", "pulumi", "cost", "cli")
"""The folders whose tests take little time, in the order in which a mistake most likely shows."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is quick comes first, so that the first failure does; every process sorts alike."""
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).parts[0]))


def _turn(folder: str) -> int:
    return QUICK.index(folder) if folder in QUICK else len(QUICK)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str | None]:
    """The address of a PostgreSQL server of this session; None where it is not installed."""
    with throw_away_server() as server:
        yield server.url if server else None


@pytest.fixture(autouse=True)
def left_to_workers(monkeypatch: pytest.MonkeyPatch) -> list[Configuration]:
    """The homes whose open orders were left to a worker: none is started for a test that runs in this process."""
    homes: list[Configuration] = []
    monkeypatch.setattr("provider.platform.workers.detached.start_worker", homes.append)
    return homes
