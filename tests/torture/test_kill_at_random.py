"""Half a minute of several clients and workers on one home, killed at random times; `make torture` does it longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import new_database, throw_away_server
from tests.torture.at_random import RandomKills, killed_while_a_home_is_made
from tests.torture.place import Place, copy_of, prepared

pytestmark = pytest.mark.torture

SECONDS = 15.0
SEED = 20260131


def test_clients_and_workers_killed_at_random_break_no_rule(template: Place, folder: Path) -> None:
    kills = RandomKills(copy_of(template, folder), SEED, SECONDS)
    assert kills.run() == []
    assert kills.place.kills > 0
    assert kills.place.facts().renewals


def test_on_postgresql_that_crashes_meanwhile_it_is_the_same(folder: Path) -> None:
    with throw_away_server() as server:
        place = prepared(folder, new_database(server.url if server else None))
        assert server is not None
        kills = RandomKills(place, SEED, SECONDS, accident=server.crash_and_restart)
        assert kills.run() == []
    assert kills.place.kills > 0


def test_a_home_whose_first_process_is_killed_is_made_by_the_next(folder: Path) -> None:
    assert killed_while_a_home_is_made(Place(folder), SEED) == []
