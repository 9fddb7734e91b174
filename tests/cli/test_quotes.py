"""`qualit quotes`: the prices that plans hold, beside today's, and how they are dropped (P5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from tests.cli.tenant import Tenant
from tests.platform.catalogues import catalogue_with

NEW = NewContract("vps-2", "debian-12", 1)
EMPTY = "No price is held: a plan that charges something holds one.\n"


def rows(tenant: Tenant) -> list[str]:
    """The rows of the table without the quotes' ids, with single blanks."""
    lines = tenant.run("quotes", "list").out.splitlines()[2:]
    return [" ".join(line.split()[1:]) for line in lines if line.startswith("quo-")]


def states(tenant: Tenant) -> list[str]:
    return [quote["state"] for quote in tenant.json("quotes", "list")]


def plan_new(tenant: Tenant, name: str = "web") -> str:
    """Hold the price of a new server as its plan does."""
    contract_id = tenant.identity(name).contract_id
    return tenant.backend.hold_quote(tenant.propose(contract_id, None, NEW), name=name).id


def test_p5_without_quotes_it_says_so(tenant: Tenant) -> None:
    assert tenant.json("quotes", "list") == []
    assert tenant.run("quotes", "list").out == EMPTY


def test_p5_it_lists_what_is_held_for_whom_until_when_and_todays_price(tenant: Tenant, tmp_path: Path) -> None:
    tenant.buy()
    tenant.at("2026-02-14T10:00:00+00:00")
    tenant.plan(SetQuantity("disk", 50))
    plan_new(tenant, "app")
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": "5.99"})))
    tenant.at("2026-02-15T10:00:00+00:00")
    held = "2026-02-14T10:00:00Z 2026-02-17T10:00:00Z"
    assert sorted(rows(tenant)) == [
        f"app new contract: vps-2 with debian-12 for 1 month 6.99 EUR {held} 5.99 EUR",
        f"web additional disk: 0 to 50 2.50 EUR {held} 2.32 EUR",
    ]
    assert (
        "Where today's price is lower: qualit quotes drop QUOTE, then plan again." in tenant.run("quotes", "list").out
    )
    listed = {quote["server"]: quote for quote in tenant.json("quotes", "list")}
    assert listed["app"] | {"id": "", "contract": ""} == {
        "id": "",
        "server": "app",
        "contract": "",
        "line": "solution",
        "description": "new contract: vps-2 with debian-12 for 1 month",
        "amount": "6.99",
        "currency": "EUR",
        "lines": [{"description": "vps-2, 1 month at 6.99", "amount": "6.99"}],
        "planned_at": "2026-02-14T10:00:00Z",
        "honoured_until": "2026-02-17T10:00:00Z",
        "state": "held",
        "amount_today": "5.99",
    }


def test_p5_one_that_an_order_used_is_not_listed(tenant: Tenant) -> None:
    plan_new(tenant)
    assert states(tenant) == ["held"]
    tenant.buy()
    assert states(tenant) == []


def test_p5_n6_it_tells_expired_and_overtaken_ones_and_drops_them(tenant: Tenant) -> None:
    tenant.buy()
    tenant.plan(SwitchSolution("vps-8", "debian-12"))
    tenant.apply(tenant.plan(SwitchSolution("vps-4", "debian-12")))
    plan_new(tenant, "app")
    tenant.at("2026-02-03T09:00:00+00:00")
    assert sorted(states(tenant)) == ["expired", "overtaken"]
    shown = rows(tenant)
    assert any("expired 2026-02-03T09:00:00Z the same" in row for row in shown), shown
    assert any(row.endswith("overtaken") for row in shown), shown
    plan_new(tenant, "shop")
    dropped = tenant.run("quotes", "drop", "--expired")
    assert dropped.out.count("quo-") == 2
    assert "are dropped: plan again for today's price." in dropped.out
    assert states(tenant) == ["held"]
    assert "No quote has expired" in tenant.run("quotes", "drop", "--expired").out


def test_p5_an_addition_to_a_server_that_is_only_planned_is_priced_with_it(tenant: Tenant) -> None:
    plan_new(tenant)
    identity = tenant.identity("web")
    planned = tenant.backend.expected_contract(identity.server_id or "")
    tenant.backend.hold_quote(tenant.propose(identity.contract_id, planned, SetQuantity("disk", 50)))
    assert "web additional disk: 0 to 50 5.00 EUR 2026-01-31T09:00:00Z 2026-02-03T09:00:00Z the same" in rows(tenant)


def test_p5_what_is_not_sold_any_more_has_no_price_today(tenant: Tenant, tmp_path: Path) -> None:
    plan_new(tenant)
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": "retired"})))
    tenant.reopen()
    assert [row.endswith("not sold") for row in rows(tenant)] == [True]


def test_p5_several_are_dropped_at_once_or_none(tenant: Tenant) -> None:
    web, app, shop = (plan_new(tenant, name) for name in ("web", "app", "shop"))
    refused = tenant.run("quotes", "drop", web, "quo-unknown")
    assert refused.exit_code == 1
    assert "No quote quo-unknown is held" in refused.err
    assert len(states(tenant)) == 3
    assert f"{web}, {app} are dropped" in tenant.run("quotes", "drop", web, app, web).out
    assert [quote["id"] for quote in tenant.json("quotes", "list")] == [shop]
    assert f"{shop} is dropped" in tenant.run("quotes", "drop", "--all").out
    assert "No price is held, so none was dropped" in tenant.run("quotes", "drop", "--all").out


@pytest.mark.parametrize("arguments", [(), ("quo-1", "--all"), ("--all", "--expired")])
def test_p5_which_ones_is_said_in_one_way(tenant: Tenant, arguments: tuple[str, ...]) -> None:
    ended = tenant.run("quotes", "drop", *arguments)
    assert ended.exit_code == 2
    assert "Name the quotes, or give --expired or --all." in ended.err
