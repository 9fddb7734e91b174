"""`qualit renew`: the price first, consent, payment; and what it refuses (P2, S4, L2)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer

from provider.backend.port import ActionRequiredError
from provider.commerce.change import Renew, SetQuantity
from tests.cli.tenant import Tenant
from tests.platform.catalogues import catalogue_with

VISA = ("--payment-method", "test-visa")


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody sits there and agrees; what they were asked."""
    asked: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        return True

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", confirm)
    return asked


def test_p2_the_price_of_every_line_is_shown_before_it_is_paid(tenant: Tenant) -> None:
    tenant.buy()
    tenant.add("disk", 50)
    shown = tenant.run("renew", "web", "--term-months", "3")
    assert shown.exit_code == 1
    for words in (
        "Renewal of web",
        "vps-2, 3 months at 6.99",
        "20.97",
        "50 GiB of disk, 3 months at 5.00",
        "15.00",
        "35.97",
        "The renewed period is from 2026-02-28 to 2026-05-31.",
        "contains 5.74 EUR VAT (19.00 %)",
        "It is paid with test-visa.",
    ):
        assert words in shown.out
    assert "--yes" in shown.err
    assert "--max-charge" in shown.err
    assert tenant.paid() == ["6.99", "5.00"]


def test_p2_with_yes_it_is_paid_and_says_until_when(tenant: Tenant) -> None:
    tenant.buy()
    renewed = tenant.run("renew", "web", "--yes")
    assert (renewed.exit_code, renewed.err) == (0, "")
    assert "web is renewed and paid until 2026-03-31: 6.99 EUR paid with test-visa (order ord-" in renewed.out
    assert tenant.paid() == ["6.99", "6.99"]


def test_p2_at_a_terminal_it_asks_with_the_amount(tenant: Tenant, at_a_terminal: list[str]) -> None:
    tenant.buy()
    assert tenant.run("renew", "web").exit_code == 0
    assert at_a_terminal == ["Renew web and pay 6.99 EUR now?"]
    assert tenant.paid() == ["6.99", "6.99"]


def test_who_does_not_agree_pays_nothing(
    tenant: Tenant, at_a_terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.buy()
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)
    ended = tenant.run("renew", "web")
    assert ended.exit_code == 1
    assert "Nothing was ordered" in ended.err
    assert tenant.paid() == ["6.99"]


def test_p2_as_json_a_program_reads_what_was_bought(tenant: Tenant) -> None:
    tenant.buy()
    renewed = tenant.json("renew", "web", "--yes")
    assert renewed.pop("order").startswith("ord-")
    assert renewed == {
        "server": "web",
        "status": "active",
        "description": "renewal: vps-2 for 1 month",
        "amount": "6.99",
        "currency": "EUR",
        "lines": [{"description": "vps-2, 1 month at 6.99", "amount": "6.99"}],
        "paid_until": "2026-03-31",
    }


@pytest.mark.parametrize(
    ("limit", "exit_code", "paid"), [("6.98", 1, ["6.99"]), ("6.99", 0, ["6.99", "6.99"]), ("7", 0, ["6.99", "6.99"])]
)
def test_p7_max_charge_bounds_what_is_paid(tenant: Tenant, limit: str, exit_code: int, paid: list[str]) -> None:
    tenant.buy()
    ended = tenant.run("renew", "web", "--yes", "--max-charge", limit)
    assert ended.exit_code == exit_code
    assert ("(rule P7)" in ended.err) == (exit_code == 1)
    assert tenant.paid() == paid


@pytest.mark.parametrize("amount", ["5 EUR", "-1", "1.234", "1e5", ""])
def test_p7_a_max_charge_that_is_no_amount_is_wrong_usage(tenant: Tenant, amount: str) -> None:
    ended = tenant.run("renew", "web", "--yes", f"--max-charge={amount}")
    assert ended.exit_code == 2
    assert "such as 25.00" in ended.err


@pytest.mark.parametrize("months", ["0", "2", "-1", "24"])
def test_s4_a_duration_that_is_not_sold_is_refused(tenant: Tenant, months: str) -> None:
    tenant.buy()
    ended = tenant.run("renew", "web", "--yes", f"--term-months={months}")
    assert ended.exit_code == 1
    assert "Unknown duration (rule S4)" in ended.err
    assert "1, 3, 6 or 12" in ended.err
    assert tenant.paid() == ["6.99"]


def test_s4_a_duration_that_is_no_number_is_wrong_usage(tenant: Tenant) -> None:
    assert tenant.run("renew", "web", "--yes", "--term-months", "year").exit_code == 2


def test_an_unknown_server_is_told_with_the_name_that_is_near(tenant: Tenant) -> None:
    tenant.buy()
    ended = tenant.run("renew", "wbe", "--yes")
    assert ended.exit_code == 1
    assert 'There is no server or contract "wbe"' in ended.err
    assert 'Did you mean "web"?' in ended.err
    far = tenant.run("renew", "database", "--yes")
    assert "Did you mean" not in far.err
    assert "qualit renewals" in far.err


def test_l3_what_has_ended_cannot_be_renewed(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at("2026-03-20T09:00:00+00:00")
    ended = tenant.run("renew", "web", "--yes")
    assert ended.exit_code == 1
    assert "What has ended cannot be renewed" in ended.err
    assert tenant.paid() == ["6.99"]


def test_p2_what_is_renewed_already_is_refused_with_the_day_from_which_it_can_be(tenant: Tenant) -> None:
    tenant.buy()
    assert tenant.run("renew", "web", "--yes").exit_code == 0
    again = tenant.run("renew", "web", "--yes")
    assert again.exit_code == 1
    assert "Renewed already (rule P2)" in again.err
    assert "can be bought from 2026-02-28 on" in again.err
    assert tenant.paid() == ["6.99", "6.99"]


def test_l2_a_suspended_server_is_renewed_from_today_and_runs_again(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(auto_renew=False)
    tenant.at("2026-03-04T15:00:00+00:00").work()
    renewed = tenant.run("renew", "web", "--yes")
    assert (renewed.exit_code, renewed.err) == (0, "")
    assert "web is suspended, it was paid until 2026-02-28" in renewed.out
    assert "The renewed period is from 2026-03-04 to 2026-04-04." in renewed.out
    (server,) = tenant.json("servers")
    assert (server["status"], server["power_state"]) == ("active", "running")


def test_n5_a_declined_renewal_says_why_and_changes_nothing(tenant: Tenant) -> None:
    tenant.buy()
    declined = tenant.run("renew", "web", "--yes", "--payment-method", "test-insufficient-funds")
    assert declined.exit_code == 1
    assert "The payment was declined (rule N5)" in declined.err
    assert "6.99 EUR for web could not be charged to test-insufficient-funds" in declined.err
    assert tenant.run("renew", "web", "--yes", *VISA).exit_code == 0, "another method can be tried at once"
    assert tenant.paid() == ["6.99", "6.99"]


def test_s5_an_unknown_means_of_payment_is_refused(tenant: Tenant) -> None:
    tenant.buy()
    refused = tenant.run("renew", "web", "--yes", "--payment-method", "bank_transfer")
    assert refused.exit_code == 1
    assert "(rule S5)" in refused.err
    assert tenant.paid() == ["6.99"]


def test_l4_3d_secure_shows_its_url_once_and_what_finishes_it(tenant: Tenant) -> None:
    tenant.buy()
    waiting = tenant.run("renew", "web", "--yes", "--payment-method", "test-3ds")
    assert waiting.exit_code == 1
    assert "The payment must be confirmed (rule L4)" in waiting.err
    assert "Confirm that web is renewed for 6.99 EUR" in waiting.err
    assert waiting.err.count("https://") == 1
    assert "apply" not in waiting.err
    (payment,) = [each for each in tenant.json("payments") if each["status"] == "action_required"]
    assert payment["id"] in waiting.err
    other = tenant.run("renew", "web", "--yes", "--term-months", "3")
    assert "(rule L4)" in other.err
    assert f"qualit orders cancel {payment['order']}" in other.err

    assert tenant.run("payments", "confirm", payment["id"]).exit_code == 0
    again = tenant.run("renew", "web", "--yes", "--payment-method", "test-3ds")
    assert "paid until 2026-03-31" in again.out, again.err
    assert tenant.paid() == ["6.99", "6.99"]


def test_l4_beside_an_open_order_nothing_is_renewed(tenant: Tenant) -> None:
    tenant.buy()
    quote = tenant.plan(SetQuantity("disk", 50))
    with pytest.raises(ActionRequiredError):
        tenant.apply(quote, method="test-3ds")
    refused = tenant.run("renew", "web", "--yes")
    assert refused.exit_code == 1
    assert "(rule L4)" in refused.err
    assert "additional disk: 0 to 50" in refused.err
    assert tenant.paid() == ["6.99"]


def test_l5_a_contract_bought_with_an_order_is_renewed_by_its_name(tenant: Tenant) -> None:
    tenant.buy_contract("stock")
    assert "stock is renewed" in tenant.run("renew", "stock", "--yes").out
    assert 'Did you mean "stock"?' in tenant.run("renew", "stoc", "--yes").err


def test_p6_a_credit_is_a_line_of_its_own(tenant: Tenant) -> None:
    tenant.buy()
    tenant.at("2026-02-27T09:00:00+00:00").add("disk", 10)
    shown = tenant.run("renew", "web", "--yes")
    assert "-0.46" in shown.out
    assert "7.53 EUR paid" in shown.out


def test_p2_a_price_that_changed_since_a_declined_attempt_is_the_one_that_is_shown_and_paid(
    tenant: Tenant, tmp_path: Path
) -> None:
    tenant.buy()
    assert tenant.run("renew", "web", "--yes", "--payment-method", "test-declined").exit_code == 1
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": "5.99"})))
    renewed = tenant.run("renew", "web", "--yes")
    assert "5.99 EUR paid" in renewed.out
    assert tenant.paid() == ["6.99", "5.99"]


def test_p8_what_the_catalogue_lacks_is_not_renewed(tenant: Tenant, tmp_path: Path) -> None:
    tenant.buy()
    tenant.environment.setenv("QUALIT_CATALOGUE", str(catalogue_with(tmp_path, **{"vps-2": None})))
    refused = tenant.run("renew", "web", "--yes")
    assert refused.exit_code == 1
    assert "(rule P8)" in refused.err


def test_n6_a_renewal_that_another_bought_meanwhile_is_not_bought_twice(
    tenant: Tenant, at_a_terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.buy()

    def somebody_renews(*_: object, **__: object) -> bool:
        tenant.apply(tenant.plan(Renew(1)))
        return True

    monkeypatch.setattr(typer, "confirm", somebody_renews)
    ended = tenant.run("renew", "web")
    assert ended.exit_code == 0
    assert "paid until 2026-03-31" in ended.out
    assert tenant.paid() == ["6.99", "6.99"]
