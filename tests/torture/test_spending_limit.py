"""P9: processes that order at the same moment, on both databases, never spend more than the account's month has."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.postgres import new_database
from tests.torture.client import REFUSED, Wanted
from tests.torture.place import START, Place

pytestmark = pytest.mark.torture

PROCESSES = 6
PRICE = Decimal("6.99")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("clock", [START, None], ids=["test clock", "real time"])
def test_p9_of_processes_that_order_at_once_only_those_that_fit_are_charged(
    folder: Path, database: str, clock: datetime | None, request: pytest.FixtureRequest
) -> None:
    url = new_database(request.getfixturevalue("postgres")) if database == "postgresql" else None
    place = Place(folder, url, clock)
    place.cli("account", "spending-limit", "20.97").ended(0)

    names = [f"web{number}" for number in range(PROCESSES)]
    clients = [place.client(Wanted(name, "vps-2")) for name in names]

    codes = sorted(client.code() for client in clients)
    assert codes == [0, 0, 0, *[REFUSED] * 3], [client.said for client in clients]
    refused = [client.said for client in clients if client.code() == REFUSED]
    assert all(said.startswith("This change is above the spending limit") for said in refused), refused
    spending = json.loads(place.cli("account", "--json").ended(0))["spending"]
    assert (spending["spent"], spending["held"], spending["left"]) == ("20.97", "0.00", "0.00")
    assert sum(intent.kept.amount for intent in place.gateway.intents()) == 3 * PRICE
    bought = [Wanted(order["name"], "vps-2") for order in place.facts().orders if order["status"] == "active"]
    assert len(bought) == 3
    assert place.checked(*bought) == []
