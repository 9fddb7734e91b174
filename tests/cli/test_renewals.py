"""`qualit renewals`: what renews when, for how much, and what to do about what does not (L1, P2)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import ActionRequiredError
from provider.commerce.change import Renew, SetQuantity
from tests.cli.tenant import Tenant
from tests.platform.catalogues import catalogue_with

NEAR = "2026-02-14T00:00:00+00:00"
"""14 days before the end of a month that was bought on 31 January."""
FAR = "2026-02-13T23:59:59+00:00"


def row(tenant: Tenant) -> str:
    """The only row of the table, with single blanks."""
    lines = tenant.run("renewals").out.splitlines()
    return " ".join(lines[2].split())


def below(tenant: Tenant) -> str:
    """What stands below the table."""
    return " ".join(tenant.run("renewals").out.splitlines()[3:]).strip()


def test_without_contracts_nothing_renews(tenant: Tenant) -> None:
    assert tenant.json("renewals") == []
    shown = tenant.run("renewals")
    assert (shown.exit_code, shown.out) == (0, "You have no contracts, so nothing renews.\n")


def test_l1_it_lists_when_what_renews_for_how_much_the_earliest_first(tenant: Tenant) -> None:
    tenant.buy(name="shop", months=3)
    tenant.buy()
    tenant.add("disk", 50)
    shown = [" ".join(line.split()) for line in tenant.run("renewals").out.splitlines()]
    assert shown[0] == "Server Status Paid until Renews For Amount"
    assert shown[2:] == [
        "web active 2026-02-28 2026-02-27T00:00:00Z 1 month 11.99 EUR",
        "shop active 2026-04-30 2026-04-29T00:00:00Z 3 months 20.97 EUR",
    ]


def test_l1_as_json_a_program_reads_everything_that_decides_a_renewal(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(term_months=3, payment_method="test-paypal", max_charge=Decimal("20.00"))
    (renewal,) = tenant.json("renewals")
    assert renewal.pop("contract").startswith("ctr-")
    assert "max_charge allows 20.00" in renewal.pop("problem")
    assert renewal == {
        "server": "web",
        "status": "active",
        "paid_until": "2026-02-28",
        "auto_renew": True,
        "renews_at": "2026-02-27T00:00:00Z",
        "term_months": 3,
        "amount": "20.97",
        "currency": "EUR",
        "credit": "0.00",
        "max_charge": "20.00",
        "payment_method": "test-paypal",
        "ends_on": "2026-03-14",
    }


def test_p2_p6_the_amount_is_todays_price_less_the_credit(tenant: Tenant, tmp_path: Path) -> None:
    tenant.buy()
    tenant.at("2026-02-26T09:00:00+00:00").add("disk", 10)
    (renewal,) = tenant.json("renewals")
    assert (renewal["amount"], renewal["credit"]) == ("7.56", "0.43")
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": "5.99"})))
    assert tenant.json("renewals")[0]["amount"] == "6.56"


def test_p2_what_is_renewed_already_renews_after_that(tenant: Tenant) -> None:
    tenant.buy()
    tenant.apply(tenant.plan(Renew(1)))
    assert row(tenant) == "web active 2026-03-31 2026-03-30T00:00:00Z 1 month 6.99 EUR"
    assert below(tenant) == ""
    assert tenant.json("renewals")[0]["problem"] is None


def test_l8_what_is_disputed_does_not_renew_although_the_next_period_is_bought(tenant: Tenant) -> None:
    tenant.buy()
    tenant.apply(tenant.plan(Renew(3)))
    payment = tenant.json("payments")[0]["id"]
    for outcome, ends_on in (((), None), (("--outcome", "lost"), "2026-02-14")):
        tenant.run("payments", "dispute", payment, *outcome)
        tenant.run("reconcile")
        assert "not, see below" in row(tenant)
        assert below(tenant).count(payment) == 1
        (told,) = tenant.json("renewals")
        assert (told["status"], told["ends_on"]) == ("suspended", ends_on)
        assert payment in told["problem"]


def test_l1_one_that_does_not_renew_itself_says_so_and_in_time_what_to_do(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(auto_renew=False)
    tenant.at(FAR)
    assert row(tenant) == "web active 2026-02-28 not by itself 1 month 6.99 EUR"
    assert below(tenant) == ""
    tenant.at(NEAR)
    assert "does not renew itself. Write auto_renew = true" in below(tenant)
    assert "qualit renew web" in below(tenant)


@pytest.mark.parametrize("instant", [FAR, NEAR])
def test_l1_above_max_charge_it_says_what_to_raise_once(tenant: Tenant, instant: str) -> None:
    tenant.buy()
    tenant.configure(max_charge=Decimal("6.98"))
    tenant.at(instant)
    assert row(tenant) == "web active 2026-02-28 not, see below 1 month 6.99 EUR"
    said = below(tenant)
    assert said.count("will not renew itself. The renewal charges 6.99 EUR, and max_charge allows 6.98.") == 1
    assert 'Raise max_charge to at least "6.99"' in said


def test_l1_declined_it_says_why(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(payment_method="test-insufficient-funds")
    tenant.at("2026-02-27T00:00:00+00:00").work()
    assert "not, see below" in row(tenant)
    assert "insufficient funds" in below(tenant)
    assert "qualit renew web" in below(tenant)


def test_l1_one_that_is_due_names_the_worker(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at("2026-02-27T00:00:00+00:00")
    assert "due now" in row(tenant)
    assert "run `qualit work`" in below(tenant)


def test_l2_a_suspended_one_says_until_when_it_can_be_renewed(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at("2026-02-28T00:00:00+00:00")
    assert row(tenant).startswith("web suspended 2026-02-28 due now")
    assert "its disk is kept until 2026-03-14; then both are deleted" in below(tenant)
    assert "qualit renew web" in below(tenant)


def test_l4_an_open_order_keeps_a_renewal_from_being_made(tenant: Tenant) -> None:
    tenant.buy()
    quote = tenant.plan(SetQuantity("disk", 50))
    with pytest.raises(ActionRequiredError) as waiting:
        tenant.apply(quote, method="test-3ds")
    assert f"{waiting.value.order_id} (additional disk: 0 to 50) is open" in below(tenant)


def test_p8_what_the_catalogue_lacks_has_no_price(tenant: Tenant, tmp_path: Path) -> None:
    tenant.buy()
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": None})))
    assert row(tenant).endswith("unknown")
    assert tenant.json("renewals")[0]["amount"] is None
    assert "which this catalogue does not list" in below(tenant)


def test_l3_what_has_ended_renews_no_more(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at("2026-03-14T00:00:00+00:00")
    assert tenant.json("renewals") == []
