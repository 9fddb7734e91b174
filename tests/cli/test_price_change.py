"""`qualit price --server`: what a change of a server would cost, on a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.commerce.change import SwitchSolution
from tests.cli.conftest import Qualit
from tests.cli.tenant import Tenant


@pytest.fixture
def web(tenant: Tenant) -> Tenant:
    """A server that was bought on 31 January for a month, on 14 February."""
    tenant.buy()
    tenant.at("2026-02-14T09:00:00+00:00")
    return tenant


def test_p3_a_change_costs_what_the_rules_worked_examples_say(web: Tenant) -> None:
    price = web.json("price", "--server", "web", "--offer", "vps-4", "--add", "disk=50")
    assert [(line["line"], line["amount"]) for line in price["lines"]] == [("solution", "3.50"), ("disk", "2.50")]
    assert (price["due_now"], price["monthly_price_before"], price["monthly_price"]) == ("6.00", "6.99", "18.99")
    assert (price["on"], price["paid_until"], price["server"]) == ("2026-02-14", "2026-02-28", "web")


def test_p3_what_is_said_is_what_the_order_charges(web: Tenant) -> None:
    price = web.json("price", "--server", "web", "--offer", "vps-4", "--on", "2026-02-21")
    web.at("2026-02-21T09:00:00+00:00")
    assert str(web.apply(web.plan(SwitchSolution("vps-4", "debian-12"))).amount) == price["due_now"]


def test_p3_the_price_falls_by_the_day_and_not_below_the_smallest_payment(web: Tenant) -> None:
    days = web.json("price", "--server", "web", "--offer", "vps-4")["by_day"]
    assert (days[0], len(days)) == ({"on": "2026-02-14", "due_now": "3.50"}, 14)
    assert [day["due_now"] for day in days[-3:]] == ["0.75", "0.50", "0.50"]
    shown = web.run("price", "--server", "web", "--offer", "vps-4").out
    assert "vps-2 to vps-4, 14 of 28 days at 13.99 instead of 6.99" in shown
    assert "A month: 6.99 → 13.99 EUR (+7.00). web is then paid until 2026-02-28." in shown
    assert [day in shown for day in ("2026-02-14 ", "2026-02-27 ")] == [True, True]


def test_a_price_holds_no_quote_and_makes_no_order(web: Tenant) -> None:
    before = len(web.backend.orders())
    web.json("price", "--server", "web", "--offer", "vps-4")
    proposal = web.propose(web.server().contract.contract.id, web.server().contract.contract, _TO_VPS_4)
    assert web.backend.find_quote(proposal) is None
    assert len(web.backend.orders()) == before


_TO_VPS_4 = SwitchSolution("vps-4", "debian-12")


def test_p5_a_price_that_a_plan_holds_is_told_because_it_would_be_charged(web: Tenant) -> None:
    quote = web.plan(_TO_VPS_4)
    web.at("2026-02-15T09:00:00+00:00")
    price = web.json("price", "--server", "web", "--offer", "vps-4")
    assert (price["due_now"], price["held"][0]["amount"]) == ("3.25", "3.50")
    shown = web.run("price", "--server", "web", "--offer", "vps-4").out
    assert "A plan holds 3.50 EUR for this change of the line solution until 2026-02-17T09:00:00Z" in shown
    assert f"qualit quotes drop {quote.id}" in shown


def test_c2_a_downgrade_is_refused_as_a_plan_refuses_it(web: Tenant) -> None:
    ended = web.run("price", "--server", "web", "--offer", "vps-1", "--add", "disk=55")
    assert (ended.exit_code, ended.out) == (1, "")
    assert "Downgrade refused: vps-2 to vps-1 (rule C2)" in ended.err
    assert "Quantity off the step (rule S2)" in ended.err


def test_c10_what_is_not_named_is_kept_and_what_is_held_costs_nothing(web: Tenant) -> None:
    price = web.json("price", "--server", "web", "--offer", "vps-2")
    assert (price["due_now"], price["lines"], price["monthly_price"]) == ("0.00", [], "6.99")
    assert "Nothing is due: web has all of this" in web.run("price", "--server", "web", "--offer", "vps-2").out


def test_c7_a_change_of_the_system_says_that_it_reinstalls(web: Tenant) -> None:
    shown = web.run("price", "--server", "web", "--os", "suse-enterprise-15").out
    assert "vps-2 to vps-2 with suse-enterprise-15, 14 of 28 days" in shown
    assert "reinstalls web, which deletes what is on its disk: only with allow_reinstall = true (rule C7)" in shown
    assert web.json("price", "--server", "web", "--os", "ubuntu-24.04")["requires"] == ["allow_reinstall"]


def test_c1_an_improvement_that_a_running_server_cannot_take_says_that_it_restarts(web: Tenant) -> None:
    web.buy(os="freebsd-14", name="bsd")
    price = web.json("price", "--server", "bsd", "--offer", "vps-4")
    assert price["requires"] == ["allow_restart"]
    shown = web.run("price", "--server", "bsd", "--add", "vcpu=1").out
    assert "bsd has a system that takes no more vCPUs while it runs (2 now, 3 then), so it restarts" in shown
    assert web.json("price", "--server", "bsd", "--add", "disk=10")["requires"] == []


def test_p2_a_renewal_has_the_price_of_what_the_server_is_then(web: Tenant) -> None:
    alone = web.json("price", "--server", "web", "--renew", "--term-months", "3")
    assert (alone["due_now"], alone["paid_until"]) == ("20.97", "2026-05-31")
    both = web.json("price", "--server", "web", "--offer", "vps-4", "--renew")
    assert [line["amount"] for line in both["lines"]] == ["3.50", "13.99"]
    assert both["paid_until"] == "2026-03-31"


def test_l2_after_the_paid_time_the_renewal_comes_first(web: Tenant) -> None:
    late = web.json("price", "--server", "web", "--offer", "vps-4", "--renew", "--on", "2026-03-05")
    assert [line["amount"] for line in late["lines"]] == ["6.99", "7.00"]
    assert late["paid_until"] == "2026-04-05"


@pytest.mark.parametrize(
    ("on", "summary", "remedy"),
    [
        ("2026-02-13", "A day that is past (rule L7)", "today is 2026-02-14"),
        ("2026-02-28", "Not a day of the paid time (rule P3)", "--renew"),
        ("2026-03-14", "The contract has ended by then (rule L2)", "ends on 2026-03-14"),
    ],
)
def test_a_day_that_has_no_price_is_refused(web: Tenant, on: str, summary: str, remedy: str) -> None:
    ended = web.run("price", "--server", "web", "--offer", "vps-4", "--on", on)
    assert (ended.exit_code, ended.out) == (1, "")
    assert f"Error: {summary}" in ended.err
    assert remedy in ended.err


def test_l2_a_suspended_server_says_that_it_is_renewed_first(web: Tenant) -> None:
    web.at("2026-03-01T09:00:00+00:00")
    ended = web.run("price", "--server", "web", "--offer", "vps-4", "--add", "disk=50")
    assert ended.err.count("Suspended contract (rule L2)") == 1
    assert web.json("price", "--server", "web", "--renew")["due_now"] == "6.99"


def test_a_contract_bought_apart_can_be_asked_for(web: Tenant) -> None:
    web.buy_contract()
    assert web.json("price", "--server", "stock", "--offer", "vps-4")["due_now"] == "7.00"


def test_a_server_that_is_not_there_is_told_with_a_near_name(web: Tenant) -> None:
    assert 'Did you mean "web"?' in web.run("price", "--server", "wbe", "--offer", "vps-4").err


def test_where_there_is_no_home_none_is_made(qualit: Qualit, user: Path) -> None:
    ended = qualit("price", "--server", "web", "--offer", "vps-4")
    assert ended.exit_code == 1
    assert 'There is no server "web"' in ended.err
    assert "QUALIT_HOME" in ended.err
    assert list(user.iterdir()) == []


@pytest.mark.parametrize("day", ["24.12.2026", "2026-13-01", "20261224", "2026-02-30", "tomorrow"])
def test_a_day_that_is_none_is_wrong_usage(qualit: Qualit, day: str) -> None:
    ended = qualit("price", "--offer", "vps-2", "--on", day)
    assert ended.exit_code == 2
    assert "such as 2026-12-24" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say which offer a new server has"),
        (("--offer", "vps-2", "--renew"), "--server NAME"),
        (("--server", "web"), "Say what changes"),
        (("--server", "web", "--offer", "vps-4", "--term-months", "6"), "add --renew"),
    ],
)
def test_a_question_that_is_none_is_wrong_usage(qualit: Qualit, arguments: tuple[str, ...], words: str) -> None:
    ended = qualit("price", *arguments)
    assert ended.exit_code == 2
    assert words in " ".join(ended.err.split())


def test_a_new_server_can_be_priced_for_a_later_day(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "2026-02-14T09:00:00Z")
    price = qualit("price", "--offer", "vps-2", "--on", "2027-01-31", "--json").json()
    assert (price["due_now"], price["paid_until"], price["by_day"]) == ("6.99", "2027-02-28", [])
    assert "A day that is past" in qualit("price", "--offer", "vps-2", "--on", "2026-02-13").err
