"""`qualit account spending-limit`, and what `renewals`, `status` and `renew` say of it (P9)."""

from __future__ import annotations

import pytest

from provider.backend.port import ActionRequiredError
from tests.cli.tenant import Tenant

FAR, NEAR = "2026-02-13T00:00:00+00:00", "2026-02-14T00:00:00+00:00"
LAST_DAY = "2026-02-27T00:00:00+00:00"


def limit(tenant: Tenant, *arguments: str) -> str:
    ended = tenant.run("account", "spending-limit", *arguments)
    assert ended.exit_code == 0, ended.err
    return ended.out.strip()


def words(text: str) -> str:
    return " ".join(text.split())


def test_p9_it_is_set_shown_with_what_is_spent_held_and_left_and_removed(tenant: Tenant) -> None:
    none = "No spending limit: 0.00 EUR spent in January 2026 (UTC). `qualit account spending-limit AMOUNT` sets one."
    assert limit(tenant) == none
    tenant.buy()
    with pytest.raises(ActionRequiredError):
        tenant.buy(name="app", method="test-3ds")
    shown = (
        "Spending limit 20.00 EUR a month: 6.99 EUR spent in January 2026 (UTC), 6.99 EUR held by orders that are not "
        "paid yet, 6.02 EUR left."
    )
    assert limit(tenant, "20") == limit(tenant) == shown
    assert shown in tenant.run("account").out
    values = {"month": "2026-01", "spent": "6.99", "held": "6.99", "currency": "EUR"}
    assert tenant.json("account", "spending-limit") == {**values, "limit": "20.00", "left": "6.02"}
    assert tenant.json("account")["spending"] == {**values, "limit": "20.00", "left": "6.02"}
    assert limit(tenant, "--remove").startswith(
        "No spending limit: 6.99 EUR spent in January 2026 (UTC), 6.99 EUR held"
    )
    assert tenant.json("account")["spending"] == {**values, "limit": None, "left": None}


@pytest.mark.parametrize("amount", [("0",), ("20.00", "EUR"), ("20eur",)])
def test_p9_zero_and_the_catalogues_own_currency_are_taken(tenant: Tenant, amount: tuple[str, ...]) -> None:
    assert limit(tenant, *amount).startswith(f"Spending limit {'0.00' if amount == ('0',) else '20.00'} EUR a month")


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        (("-5",), "a limit has no sign"),
        (("1.234",), "more than two decimals"),
        (("20", "CHF"), "the catalogue sells in EUR"),
        (("much",), "it is no amount"),
        (("",), "it is no amount"),
    ],
)
def test_p9_what_is_no_limit_is_refused_with_an_example(tenant: Tenant, amount: tuple[str, ...], why: str) -> None:
    ended = tenant.run("account", "spending-limit", *amount)
    assert ended.exit_code == 1
    assert "The spending limit cannot be set (rule P9)" in ended.err
    assert f'spending_limit = "{" ".join(amount)}"' in ended.err
    assert why in ended.err
    assert tenant.json("account")["spending"]["limit"] is None


def test_p9_an_amount_and_its_removal_at_once_are_wrong_usage(tenant: Tenant) -> None:
    assert tenant.run("account", "spending-limit", "5", "--remove").exit_code == 2


@pytest.mark.parametrize("instant", [FAR, NEAR])
def test_p9_l1_renewals_and_status_say_in_time_what_will_not_be_renewed(tenant: Tenant, instant: str) -> None:
    tenant.buy()
    tenant.at(instant)
    limit(tenant, "6.98")
    shown = tenant.run("renewals").out
    assert "not, see below" in shown
    assert (
        words(shown).count("The renewal charges 6.99 EUR, and 6.98 EUR are left of the account's spending limit") == 1
    )
    assert "qualit account spending-limit 6.99" in words(shown)
    assert "6.98 EUR are left" in tenant.json("renewals")[0]["problem"]
    status = tenant.run("status", "--exit-code")
    assert (status.exit_code == 1) == (instant == NEAR), "as for every other reason, from 14 days before the end"
    limit(tenant, "6.99")
    assert tenant.json("renewals")[0]["problem"] is None


def test_p9_a_renewal_by_hand_is_refused_before_anybody_is_asked(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at(LAST_DAY)
    limit(tenant, "6.98")
    ended = tenant.run("renew", "web")
    assert ended.exit_code == 1
    assert "The renewal is above the spending limit (rule P9)" in ended.err
    assert "Nothing was ordered" in ended.err
    assert "no terminal to ask on" not in ended.err
    assert tenant.run("renew", "web", "--yes").exit_code == 1
    limit(tenant, "6.99")
    assert tenant.run("renew", "web", "--yes").exit_code == 0
    assert tenant.paid() == ["6.99", "6.99"]


def test_p9_a_worker_says_which_contract_it_did_not_renew_and_why(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at(LAST_DAY)
    limit(tenant, "6.98")
    said = tenant.run("work", "--until-idle")
    assert "web is not renewed: The renewal charges 6.99 EUR, and 6.98 EUR are left" in words(said.out + said.err)
    assert tenant.paid() == ["6.99"]
