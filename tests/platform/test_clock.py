"""L7: the platform's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provider.backend.embedded import connect
from provider.backend.port import RefusedError, UnavailableError
from provider.commerce.change import NewContract
from provider.configuration import Configuration
from tests.platform.shop import START, Shop

NEW = NewContract("vps-2", "debian-12", 1)


def test_l7_time_never_runs_back_below_the_last_recorded_instant(any_shop: Shop) -> None:
    any_shop.plan(NEW)
    any_shop.at("2026-01-31T08:57:00+00:00")
    assert any_shop.backend.now() == datetime.fromisoformat(START)
    assert any_shop.buy().status == "active"


def test_l7_a_clock_that_is_more_than_five_minutes_behind_refuses_orders(any_shop: Shop) -> None:
    quote = any_shop.plan(NEW)
    any_shop.at("2026-01-31T08:54:59+00:00")
    for attempt in (lambda: any_shop.apply(quote), lambda: any_shop.plan(NewContract("vps-4", "debian-12", 1))):
        with pytest.raises(RefusedError) as raised:
            attempt()
        assert raised.value.rule == "L7"
    assert list(any_shop.backend.orders()) == []


def test_l7_a_home_stays_on_its_test_clock(shop: Shop) -> None:
    shop.plan(NEW)
    backend = connect(Configuration(home=shop.home))
    with pytest.raises(UnavailableError, match="Set QUALIT_TEST_CLOCK") as raised:
        backend.now()
    assert raised.value.rule == "L7"


def test_l7_a_home_stays_on_real_time(shop: Shop) -> None:
    backend = connect(Configuration(home=shop.home))
    assert abs(backend.now() - datetime.now(UTC)) < timedelta(minutes=5)
    backend.close()
    other = shop.another()
    with pytest.raises(UnavailableError, match="Unset QUALIT_TEST_CLOCK"):
        other.now()
    records = shop.records()
    with records.read() as connection:
        assert connection.exec_driver_sql("SELECT clock FROM home").scalar_one() == "real"
    shop.home = shop.home.with_name("another")


def test_two_homes_have_two_accounts_and_so_other_ids(shop: Shop) -> None:
    first = shop.identity("web")
    assert shop.reopen().identity("web") == first
    shop.close()
    shop.home = shop.home.with_name("another")
    assert shop.identity("web").server_id != first.server_id
