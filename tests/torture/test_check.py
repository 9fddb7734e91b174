"""The checks of the torture find what they are there for: each rule, broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.torture.check import Facts, violations

Damage = Callable[[Facts], Facts]
SIZE = {"vcpus": 1, "memory_gib": 2, "disk_gib": 20, "ipv4_addresses": 1, "bandwidth_mbits": 100}
ORDER: dict[str, Any] = {
    "id": "ord-1",
    "kind": "new",
    "contract_id": "ctr-1",
    "line": "solution",
    "revision": 0,
    "status": "active",
    "name": "web",
    "amount": 399,
    "refunded": 0,
    "waits_for": None,
    "proposal": {"change": {"kind": "new", "offer": "vps-1"}},
}
INTENT = {"id": "pay_1", "order_id": "ord-1", "cents": 399, "status": "succeeded"}
LINE = {"contract_id": "ctr-1", "line": "solution", "revision": 1, "offer": "vps-1", "quantity": 0}
SOUND = Facts(
    orders=[ORDER],
    journal=[
        {"order_id": "ord-1", "kind": "charge", "account": "cash", "amount": 399},
        {"order_id": "ord-1", "kind": "charge", "account": "revenue", "amount": -399},
    ],
    lines=[LINE],
    contracts=[{"id": "ctr-1", "status": "active"}],
    servers=[{"name": "web", "contract_id": "ctr-1", "status": "active"}],
    offers={"vps-1": SIZE},
    intents=[INTENT],
    refunds={},
    calls={},
    receipts=[{"order_id": "ord-1", "series": "R", "year": 2026, "serial": 1}],
)


def found(facts: Facts, listed: tuple[str, ...] = ("web",), machine: dict[str, int] | None = None) -> set[str]:
    """The rules that are broken."""
    return {violation[:2] for violation in violations(facts, listed, {"web": machine or SIZE})}


def test_a_sound_home_has_no_violation() -> None:
    assert found(SOUND) == set()


@pytest.mark.parametrize(
    ("rule", "damage"),
    [
        ("N1", lambda f: replace(f, intents=[INTENT, {**INTENT, "id": "pay_2"}])),
        ("N1", lambda f: replace(f, orders=[ORDER, {**ORDER, "id": "ord-2"}])),
        ("N2", lambda f: replace(f, intents=[INTENT, {**INTENT, "id": "pay_2", "order_id": "ord-0"}])),
        ("N2", lambda f: replace(f, journal=[])),
        ("N3", lambda f: replace(f, orders=[{**ORDER, "status": "provisioning"}])),
        ("N3", lambda f: replace(f, orders=[{**ORDER, "status": "refunded"}])),
        ("N3", lambda f: replace(f, lines=[{**LINE, "offer": "vps-0"}], offers={"vps-0": SIZE, "vps-1": SIZE})),
        ("N4", lambda f: replace(f, servers=[])),
        ("N5", lambda f: replace(f, lines=[{**LINE, "revision": 2}])),
        ("N5", lambda f: replace(f, orders=[{**ORDER, "status": "declined"}])),
        ("P8", lambda f: replace(f, receipts=[])),
        ("P8", lambda f: replace(f, receipts=[*f.receipts, {**f.receipts[0], "serial": 2}])),
        ("P8", lambda f: replace(f, receipts=[{**f.receipts[0], "serial": 2}])),
        ("N9", lambda f: replace(f, refunds={"pay_1": 399})),
    ],
)
def test_a_broken_rule_is_found(rule: str, damage: Damage) -> None:
    assert rule in found(damage(SOUND))


def test_n7_an_addition_that_shrank_is_found() -> None:
    orders = [
        {**ORDER, "line": "disk", "revision": n, "proposal": {"change": {"kind": "quantity", "quantity": quantity}}}
        for n, quantity in enumerate((20, 10))
    ]
    assert "N7" in found(replace(SOUND, orders=orders))


def test_n4_a_paid_server_that_is_not_listed_is_found() -> None:
    assert found(SOUND, listed=()) == {"N4"}


def test_n3_a_machine_that_has_less_than_was_paid_for_is_found() -> None:
    assert found(SOUND, machine={**SIZE, "disk_gib": 10}) == {"N3"}
