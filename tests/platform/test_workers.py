"""Who takes up an order that nobody works on: workers, other processes, later flows; and what is left alone."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from provider.backend.embedded import connect
from provider.backend.port import ActionRequiredError, OrderView, UnavailableError
from provider.commerce.change import NewContract
from provider.configuration import Configuration
from provider.platform.context import Platform
from provider.platform.purchase import runs
from provider.platform.workers import adoption, engine
from provider.platform.workers.executor import FOLDER, Executor, abandoned, left_behind
from tests.platform.earlier import alter, back_to_first_schema, workflow_table
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)
DEAD = """
import os, sys, pathlib
from provider.platform.workers.executor import Executor
print(Executor(pathlib.Path(sys.argv[1])).id, flush=True)
os.kill(os.getpid(), 9)
"""


def work(shop: Shop) -> list[str]:
    """Let a worker work until nothing is open; what it reported."""
    reported: list[str] = []
    shop.backend.work(until_idle=True, report=lambda order: reported.append(order.status), stop=threading.Event())
    return reported


def only_order(shop: Shop) -> OrderView:
    (order,) = shop.backend.orders()
    return order


def undelivered(shop: Shop) -> OrderView:
    shop.host.down_after_change = True
    order = shop.apply(shop.plan(NEW))
    assert order.status == "provisioning"
    shop.host.down_after_change = False
    return order


def dead_executor(home: Path) -> str:
    """The id of an executor whose process was killed, with the lock file that it left."""
    died = subprocess.run(
        [sys.executable, "-c", DEAD, str(home)], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert died.returncode == -9, died.stderr
    return died.stdout.strip()


def test_n3_a_worker_delivers_what_is_paid_when_its_wait_is_over(any_shop: Shop) -> None:
    shop = any_shop
    order = undelivered(shop)
    alter(shop, "UPDATE orders SET retry_at = NULL")
    assert work(shop.reopen())[-1] == "active"
    assert only_order(shop).id == order.id
    assert shop.charged == Decimal("6.99")


def test_l4_a_worker_hears_that_a_payment_was_confirmed_and_delivers(any_shop: Shop) -> None:
    shop = any_shop
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(NEW), method="test-3ds")
    assert work(shop.reopen()) == ["action_required"]
    shop.gateway.confirm_as_customer(shop.gateway.intents()[0].id)
    work(shop)
    assert only_order(shop).status == "active"


def test_a_run_of_a_process_that_was_killed_is_taken_over(any_shop: Shop) -> None:
    shop = any_shop
    order = undelivered(shop)
    shop.close()
    dead = dead_executor(shop.home)
    _pretend_running(shop, order, dead)
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert not (shop.home / FOLDER / dead).exists(), "its lock file is gone too"


def test_a_run_of_a_process_that_lives_is_left_to_it(any_shop: Shop) -> None:
    shop = any_shop
    order = undelivered(shop)
    shop.close()
    other = Executor(shop.home)
    _pretend_running(shop, order, other.id)
    assert shop.backend.resume(order.id, timeout_seconds=2).status == "provisioning"
    other.leave()
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"


def test_an_executor_of_another_place_is_never_taken_for_dead(shop: Shop) -> None:
    shop.backend.now()
    with abandoned(shop.home, "0a1b2c3d-000000000000") as is_abandoned:
        assert not is_abandoned


def test_an_executor_that_was_found_before_it_held_its_lock_holds_it_all_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.backend.now()
    lock = fcntl.flock

    def found_just_before(descriptor: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX:
            monkeypatch.setattr(fcntl, "flock", lock)
            for name in left_behind(shop.home):
                with abandoned(shop.home, name) as is_abandoned:
                    assert is_abandoned
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", found_just_before)
    executor = Executor(shop.home)
    with abandoned(shop.home, executor.id) as is_abandoned:
        assert not is_abandoned
    executor.leave()


def test_a_run_of_an_earlier_flow_is_replaced_by_one_of_todays(any_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = any_shop
    order = undelivered(shop)
    shop.close()
    _pretend_enqueued(shop, order, "0")
    monkeypatch.setattr(adoption, "FLOWS", ("0", runs.FLOW))
    assert shop.backend.resume(order.id, timeout_seconds=20).status == "active"
    assert shop.charged == Decimal("6.99")


def test_a_run_of_a_flow_that_this_program_does_not_know_is_left_alone(any_shop: Shop) -> None:
    shop = any_shop
    order = undelivered(shop)
    shop.close()
    _pretend_enqueued(shop, order, "99")
    assert shop.backend.resume(order.id, timeout_seconds=2).status == "provisioning"
    with shop.records().read() as connection:
        status = connection.execute(
            text(f"SELECT status FROM {workflow_table(shop)} WHERE workflow_uuid = :id"),  # noqa: S608
            {"id": runs.run_id(order.id, 1)},
        ).scalar_one()
    assert status == "ENQUEUED"


def test_a_process_that_ends_leaves_its_open_orders_to_a_worker(
    shop: Shop, left_to_workers: list[Configuration]
) -> None:
    shop.buy("vps-1", name="done")
    shop.close()
    assert left_to_workers == []
    undelivered(shop)
    shop.close()
    assert [configuration.home for configuration in left_to_workers] == [shop.home]


def test_an_order_that_waits_for_its_customer_is_left_to_nobody(
    shop: Shop, left_to_workers: list[Configuration]
) -> None:
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(NEW), method="test-3ds")
    shop.close()
    assert left_to_workers == []


def _pretend_running(shop: Shop, order: OrderView, executor: str) -> None:
    """The order's run as a killed process leaves it."""
    _alter_run(shop, order, "status = 'PENDING', executor_id = :value", executor)


def _pretend_enqueued(shop: Shop, order: OrderView, flow: str) -> None:
    """The order's run as another version of this program has enqueued it."""
    _alter_run(shop, order, "status = 'ENQUEUED', application_version = :value", flow)


def _alter_run(shop: Shop, order: OrderView, what: str, value: str) -> None:
    alter(
        shop,
        f"UPDATE {workflow_table(shop)} SET {what}, queue_name = 'purchases', owner_xid = NULL, output = NULL "  # noqa: S608
        "WHERE workflow_uuid = :id",
        value=value,
        id=runs.run_id(order.id, 1),
    )
    alter(shop, "UPDATE orders SET waits_for = NULL, retry_at = NULL")


def test_an_order_that_was_open_under_the_first_schema_is_finished_under_todays(any_shop: Shop) -> None:
    shop = any_shop
    order = undelivered(shop)
    shop.close()
    back_to_first_schema(shop)

    assert only_order(shop.reopen()).status == "provisioning"
    work(shop)

    assert (only_order(shop).id, only_order(shop).status) == (order.id, "active")
    assert shop.charged == Decimal("6.99")
    assert [(receipt.number, receipt.order_id) for receipt in shop.backend.receipts()] == [("R-2026-000001", order.id)]


def test_a_worker_that_was_left_behind_waits_for_a_database_that_is_being_restarted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provider.backend.embedded.OPENING_SECONDS", 1.0)
    url = "postgresql+psycopg://qualit@127.0.0.1:9/none"
    backend = connect(Configuration(home=tmp_path / "home", database_url=url))
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="cannot be used"):
        backend.work(until_idle=True, report=lambda _: None, found=lambda _: None, stop=threading.Event())
    assert time.monotonic() - began > 1.0
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="cannot be used"):
        backend.work(until_idle=False, report=lambda _: None, found=lambda _: None, stop=threading.Event())
    assert time.monotonic() - began < 1.0, "who starts a worker by hand is told at once"


def test_a_worker_begins_also_while_its_database_is_just_being_restarted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.backend.now()
    refused = [UnavailableError("The database", "is not yet accepting connections") for _ in range(2)]

    def launch_later(platform: Platform) -> object:
        if refused:
            raise refused.pop()
        return launch(platform)

    launch = engine._launch
    monkeypatch.setattr(engine, "_launch", launch_later)
    shop.work()
    assert refused == []
