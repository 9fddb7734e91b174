"""The real process killed with SIGKILL at each named step; after recovery every rule is checked from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import new_database
from tests.torture.place import Place, cases, copy_of, prepared, torture_step
from tests.torture.points import Scenario

pytestmark = pytest.mark.torture


@pytest.mark.parametrize(("scenario", "point", "recovery"), cases("new"))
def test_a_purchase_killed_at_any_step_is_neither_lost_nor_charged_twice(
    scenario: Scenario, point: str, recovery: str, template: Place, folder: Path
) -> None:
    assert torture_step(copy_of(template, folder), point, scenario, recovery) == []


SOME = [
    *cases("refund", "refund of an addition", "parked")[::3],
    *cases("declined"),
    *cases("addition")[::5],
    *cases("improvement")[2::5],
    *cases("renewal")[1::13],
    *cases("renewal by itself")[3::13],
    *cases("renewal out of suspension")[2::9],
]
"""`make torture` comes past all of them."""


@pytest.mark.parametrize(("scenario", "point", "recovery"), SOME)
def test_an_addition_a_refund_and_a_wait_killed_at_a_step_leave_the_server_as_it_was_paid(
    scenario: Scenario, point: str, recovery: str, template: Place, folder: Path
) -> None:
    assert torture_step(copy_of(template, folder), point, scenario, recovery) == []


@pytest.mark.parametrize(("scenario", "point", "recovery"), [*cases("new")[1::3], *cases("refund")[2::6]])
def test_on_postgresql_it_is_the_same(
    scenario: Scenario, point: str, recovery: str, postgres: str | None, folder: Path
) -> None:
    place = prepared(folder, new_database(postgres))
    assert torture_step(place, point, scenario, recovery) == []
