"""For every test: the settings of the person who runs the tests do not reach them."""

from __future__ import annotations

import os

import pytest

from provider.configuration import ENVIRONMENT, Configuration


def pytest_configure() -> None:
    """A test that wants a setting sets it itself."""
    for variable in ENVIRONMENT.values():
        os.environ.pop(variable, None)


@pytest.fixture(autouse=True)
def left_to_workers(monkeypatch: pytest.MonkeyPatch) -> list[Configuration]:
    """The homes whose open orders were left to a worker: none is started for a test that runs in this process."""
    homes: list[Configuration] = []
    monkeypatch.setattr("provider.platform.workers.detached.start_worker", homes.append)
    return homes
