"""The checks of the torture find what they are there for: each rule, broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.torture.check import Facts, violations

Damage = Callable[[Facts], Facts]
SIZE = {"running": 1, "vcpus": 1, "memory_gib": 2, "disk_gib": 20, "ipv4_addresses": 1, "bandwidth_mbits": 100}
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
    "credit": 0,
    "monthly_price": 399,
    "paid_at": "2026-01-31 12:00:00",
    "proposal": {"change": {"kind": "new", "offer": "vps-1"}},
}
INTENT = {"id": "pay_1", "order_id": "ord-1", "cents": 399, "status": "succeeded"}
RECEIPT = {"order_id": "ord-1", "series": "R", "year": 2026, "serial": 1}
LINE = {"contract_id": "ctr-1", "line": "solution", "revision": 1, "offer": "vps-1", "quantity": 0}
CONTRACT: dict[str, Any] = {"id": "ctr-1", "status": "active", "grace_days": 14, "ended_at": None}
PERIOD = {"contract_id": "ctr-1", "number": 1, "starts_on": "2026-01-31", "ends_on": "2026-02-28", "months": 1}
NEXT = {**PERIOD, "number": 2, "starts_on": "2026-02-28", "ends_on": "2026-03-31"}
RENEWAL: dict[str, Any] = {
    **ORDER,
    "id": "ord-2",
    "kind": "renewal",
    "line": "renewal",
    "revision": 1,
    "paid_at": "2026-02-20 12:00:00",
    "proposal": {"change": {"kind": "renew", "months": 1}},
}
SOUND = Facts(
    orders=[ORDER],
    journal=[
        {"order_id": "ord-1", "kind": "charge", "account": "cash", "amount": 399},
        {"order_id": "ord-1", "kind": "charge", "account": "revenue", "amount": -399},
    ],
    lines=[LINE],
    contracts=[CONTRACT],
    servers=[{"name": "web", "contract_id": "ctr-1", "status": "active"}],
    offers={"vps-1": SIZE},
    intents=[INTENT],
    refunds={},
    calls={},
    receipts=[RECEIPT],
    periods=[PERIOD],
    day=date(2026, 2, 20),
)
RENEWED = replace(
    SOUND,
    orders=[ORDER, RENEWAL],
    journal=[*SOUND.journal, *({**row, "order_id": "ord-2"} for row in SOUND.journal)],
    lines=[{**LINE, "revision": 2}],
    intents=[INTENT, {**INTENT, "id": "pay_2", "order_id": "ord-2"}],
    receipts=[RECEIPT, {**RECEIPT, "order_id": "ord-2", "serial": 2}],
    periods=[PERIOD, NEXT],
)
"""The same, renewed in time."""


def found(facts: Facts, listed: tuple[str, ...] = ("web",), machine: dict[str, int] | None = None) -> set[str]:
    """The rules that are broken."""
    return {violation[:2] for violation in violations(facts, listed, {"web": machine or SIZE})}


def test_a_sound_home_has_no_violation() -> None:
    assert found(SOUND) == set()
    assert found(RENEWED) == set()


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


@pytest.mark.parametrize(
    ("rule", "damage"),
    [
        ("N1", lambda f: replace(f, orders=[*f.orders, {**RENEWAL, "id": "ord-3"}])),
        ("N1", lambda f: replace(f, periods=[*f.periods, {**NEXT, "number": 3}])),
        ("N5", lambda f: replace(f, lines=SOUND.lines)),
        ("P2", lambda f: replace(f, orders=[ORDER, {**RENEWAL, "monthly_price": 400}])),
        ("P4", lambda f: replace(f, periods=[PERIOD, {**NEXT, "ends_on": "2026-03-28"}])),
        ("P4", lambda f: replace(f, periods=[PERIOD, {**NEXT, "starts_on": "2026-02-27"}])),
        ("P4", lambda f: replace(f, orders=[ORDER, {**RENEWAL, "paid_at": "2026-03-01 00:00:00"}])),
        ("P6", lambda f: replace(f, orders=[{**ORDER, "credit": 1}, RENEWAL])),
        ("L2", lambda f: replace(f, day=date(2026, 3, 31))),
        ("L2", lambda f: replace(f, contracts=[{**CONTRACT, "status": "suspended"}])),
        ("L2", lambda f: replace(f, contracts=[{**CONTRACT, "status": "ended", "ended_at": "2026-04-13 12:00:00"}])),
    ],
)
def test_a_broken_rule_of_a_renewed_contract_is_found(rule: str, damage: Damage) -> None:
    assert rule in found(damage(RENEWED))


def test_l2_a_machine_that_runs_unpaid_is_found() -> None:
    unpaid = replace(SOUND, contracts=[{**CONTRACT, "status": "suspended"}], day=date(2026, 3, 1))
    assert found(unpaid) == {"L2"}
    assert found(unpaid, machine={**SIZE, "running": 0}) == set()


def test_n3_a_paid_machine_that_is_off_is_found() -> None:
    assert found(SOUND, machine={**SIZE, "running": 0}) == {"N3"}


def test_n3_a_machine_that_has_less_than_was_paid_for_is_found() -> None:
    assert found(SOUND, machine={**SIZE, "disk_gib": 10}) == {"N3"}
