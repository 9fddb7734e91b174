"""The sandbox gateway's file: of an earlier release, of a later one, and used by several at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from provider.money import Money
from provider.platform.payments.port import GatewayUnavailableError, Intent
from provider.platform.payments.sandbox import GATEWAY_FILE, METHODS, SandboxGateway
from provider.platform.payments.sandbox.file import VERSION
from tests.platform.gateway import TEN, create, paid
from tests.project.tree import ROOT

VERSION_0 = """
CREATE TABLE intents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL, cents INTEGER NOT NULL,
    currency TEXT NOT NULL, method TEXT NOT NULL, status TEXT NOT NULL, decline_code TEXT, action_url TEXT,
    reply_lost INTEGER NOT NULL DEFAULT 0);
CREATE TABLE refunds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, intent_id TEXT NOT NULL REFERENCES intents (id),
    cents INTEGER NOT NULL, idempotency_key TEXT NOT NULL);
CREATE TABLE keys (
    idempotency_key TEXT PRIMARY KEY, request TEXT NOT NULL, result TEXT NOT NULL);
CREATE TABLE calls (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL,
    outcome TEXT NOT NULL);
INSERT INTO intents VALUES
    (1, 'pay_1', 'ord-1', 1000, 'EUR', 'test-visa', 'succeeded', NULL, NULL, 0),
    (2, 'pay_2', 'ord-2', 1000, 'EUR', 'test-lost-reply', 'unconfirmed', NULL, NULL, 1);
INSERT INTO refunds VALUES (1, 'ref_1', 'pay_1', 400, 'ord-1:refund');
INSERT INTO keys VALUES
    ('create', '{"amount": "10.00 EUR", "key": "create", "method": "test-visa", "operation": "create_intent",'
     || ' "order": "ord-1"}', 'pay_1');
INSERT INTO calls VALUES (1, '2026-01-31T09:00:00+00:00', 'methods', '{}', '7 methods');
"""
"""A file as release 0.1.0 wrote it, before it had a version."""

HAMMER = """
import sys
from pathlib import Path
from provider.platform.payments.sandbox import SandboxGateway
from tests.platform.gateway import TEN, create
gateway = SandboxGateway(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(15):
    intent = create(gateway, key=f"create-{number}")
    gateway.confirm(intent.id, idempotency_key=f"confirm-{number}-{sys.argv[2]}")
    gateway.refund(intent.id, TEN, idempotency_key=f"refund-{number}")
"""


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / GATEWAY_FILE)) as file:
        file.executescript(f"PRAGMA journal_mode = WAL; {VERSION_0}")
    return tmp_path


def version(home: Path) -> int:
    with closing(sqlite3.connect(home / GATEWAY_FILE)) as file:
        return int(file.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_the_earlier_release_is_brought_forward_with_all_it_knows(old_home: Path) -> None:
    gateway = SandboxGateway(old_home)
    first, second = gateway.intents()
    assert first == Intent("pay_1", "ord-1", TEN, Money(Decimal("4.00"), "EUR"), "succeeded")
    assert gateway.cash() == {"EUR": Decimal("6.00")}
    assert create(gateway).id == "pay_1", "its keys are still known"
    assert gateway.confirm(second.id, idempotency_key="confirm").status == "succeeded", "its reply was lost before"
    gateway.open_dispute(first.id)
    assert [event.kind for event in gateway.events(0)] == ["dispute.opened", "payment.succeeded"]
    with closing(sqlite3.connect(old_home / GATEWAY_FILE)) as file:
        assert file.execute("SELECT outcome FROM calls WHERE number = 1").fetchone() == ("7 methods",)


def test_a_file_that_was_brought_forward_has_the_tables_of_a_new_one(old_home: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    tables = []
    for home in (old_home, new):
        SandboxGateway(home).methods()
        with closing(sqlite3.connect(home / GATEWAY_FILE)) as file:
            names = [name for (name,) in file.execute("SELECT name FROM sqlite_master ORDER BY name")]
            tables.append({name: [row[1:3] for row in file.execute(f"PRAGMA table_info({name})")] for name in names})
    assert tables[0] == tables[1]
    assert version(old_home) == version(new) == VERSION


def test_a_file_of_version_1_is_brought_forward_with_every_test_method_saved(tmp_path: Path) -> None:
    intent = paid(SandboxGateway(tmp_path))
    with closing(sqlite3.connect(tmp_path / GATEWAY_FILE)) as file:
        file.executescript("DROP TABLE removed_methods; PRAGMA user_version = 1;")
    gateway = SandboxGateway(tmp_path)
    assert list(gateway.methods()) == list(METHODS)
    assert list(gateway.intents()) == [intent]
    gateway.remove_method("test-visa")
    assert len(SandboxGateway(tmp_path).methods()) == len(METHODS) - 1
    assert version(tmp_path) == VERSION


def test_two_who_open_an_earlier_file_at_once_bring_it_forward_once(old_home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: SandboxGateway(old_home).cash(), range(8)))
    assert seen == [{"EUR": Decimal("6.00")}] * 8


def test_a_file_of_a_newer_version_is_left_alone_and_says_what_to_do(tmp_path: Path) -> None:
    SandboxGateway(tmp_path).methods()
    with closing(sqlite3.connect(tmp_path / GATEWAY_FILE)) as file:
        file.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(GatewayUnavailableError, match=r"newer version of qualit.*install the version"):
        SandboxGateway(tmp_path).methods()
    assert version(tmp_path) == VERSION + 1


def test_n1_threads_that_confirm_one_intent_at_once_charge_it_once(tmp_path: Path) -> None:
    gateway = SandboxGateway(tmp_path)
    intent = create(gateway)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: gateway.confirm(intent.id, idempotency_key=f"key-{n}"), range(16)))
    assert {answer.status for answer in answers} == {"succeeded"}
    assert [event.kind for event in gateway.events(0)].count("payment.succeeded") == 1
    assert gateway.cash() == {"EUR": Decimal("10.00")}


def test_n1_two_processes_on_one_new_file_charge_and_refund_each_payment_once(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", HAMMER, str(tmp_path)]
    processes = [
        subprocess.Popen([*arguments, name], cwd=ROOT, stdin=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    gateway = SandboxGateway(tmp_path)
    intents = gateway.intents()
    assert len(intents) == 15
    assert {intent.refunded for intent in intents} == {TEN}
    told = {event.id: event.kind for event in gateway.events(0)}
    assert list(told.values()).count("payment.succeeded") == list(told.values()).count("payment.refunded") == 15


def test_a_call_that_is_broken_off_has_no_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = SandboxGateway(tmp_path)
    intent = create(gateway)
    with monkeypatch.context() as patch:
        patch.setattr("provider.platform.payments.sandbox.call.Call.keep", _killed)
        with pytest.raises(KeyboardInterrupt):
            gateway.confirm(intent.id, idempotency_key="confirm")
    assert gateway.retrieve(intent.id).status == "unconfirmed"
    assert paid(gateway).status == "succeeded"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
