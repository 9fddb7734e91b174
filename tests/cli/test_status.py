"""`qualit status`: what is open or wrong, with what to do, for a person and for a monitor."""

from __future__ import annotations

import pytest

from provider.backend.port import ActionRequiredError
from provider.commerce.change import SetQuantity
from tests.cli.tenant import Tenant

WELL: dict[str, object] = {"open_orders": [], "warnings": []}


def test_an_empty_home_is_well(tenant: Tenant) -> None:
    shown = tenant.run("status", "--exit-code")
    assert (shown.exit_code, shown.out) == (0, "Nothing is open or wrong. You have no contracts.\n")
    assert tenant.json("status") == {**WELL, "contracts": 0, "cash": [], "next_renewal": None}


def test_l1_where_all_is_well_it_tells_the_next_renewal(tenant: Tenant) -> None:
    tenant.buy()
    tenant.buy(name="shop", months=3)
    shown = tenant.run("status", "--exit-code")
    assert (shown.exit_code, shown.out) == (
        0,
        "Nothing is open or wrong. 2 contracts. The next renewal is web, on 2026-02-27T00:00:00Z, for 6.99 EUR.\n",
    )
    assert tenant.json("status") == {
        **WELL,
        "contracts": 2,
        "cash": [],
        "next_renewal": {"server": "web", "at": "2026-02-27T00:00:00Z", "amount": "6.99", "currency": "EUR"},
    }


def test_l1_a_contract_that_will_not_renew_is_told_with_what_to_do(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(auto_renew=False)
    tenant.at("2026-02-14T00:00:00+00:00")
    shown = tenant.run("status")
    assert shown.exit_code == 0, "without --exit-code it is not an error"
    assert shown.out.startswith("The contract of web ends soon (rule L1)\n  web is paid until 2026-02-28, 14 days")
    assert "qualit renew web" in shown.out
    assert tenant.run("status", "--exit-code").exit_code == 1
    (warning,) = tenant.json("status")["warnings"]
    assert warning["summary"] == "The contract of web ends soon (rule L1)"
    assert "qualit renew web" in warning["detail"]


def test_l2_a_suspended_contract_is_told(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(payment_method="test-declined")
    tenant.at("2026-02-28T00:00:00+00:00").work()
    shown = tenant.run("status", "--exit-code")
    assert shown.exit_code == 1
    assert shown.out.count("The contract of web is suspended (rule L2)") == 1
    assert "was declined" in shown.out
    assert "2026-03-14" in shown.out


def test_l4_an_order_that_waits_for_its_customer_shows_where_to_confirm_and_how_to_give_it_up(tenant: Tenant) -> None:
    tenant.buy()
    quote = tenant.plan(SetQuantity("disk", 50))
    with pytest.raises(ActionRequiredError) as waiting:
        tenant.apply(quote, method="test-3ds")
    shown = tenant.run("status", "--exit-code")
    assert shown.exit_code == 1
    order = waiting.value.order_id
    assert shown.out == (
        f"The order {order} of web waits for you: additional disk: 0 to 50, 5.00 EUR\n"
        f"  Confirm its payment at {waiting.value.url}, or give it up: qualit orders cancel {order}\n"
    )
    (opened,) = tenant.json("status")["open_orders"]
    assert (opened["id"], opened["status"], opened["action_url"]) == (order, "action_required", waiting.value.url)


def test_n3_a_paid_order_that_is_not_delivered_is_told_with_its_reason(tenant: Tenant) -> None:
    tenant.buy()
    quote = tenant.plan(SetQuantity("disk", 50))
    tenant.host.down_after_change = True
    tenant.apply(quote, timeout=1)
    shown = tenant.run("status", "--exit-code")
    tenant.host.down_after_change = False
    tenant.work()
    assert shown.exit_code == 1
    assert "of web is provisioning: additional disk: 0 to 50, 5.00 EUR" in shown.out
    assert "`qualit work` takes it forward" in shown.out
    assert tenant.run("status", "--exit-code").exit_code == 0


def test_n9_cash_that_differs_from_the_gateways_is_told(tenant: Tenant) -> None:
    tenant.buy()
    tenant.close()
    (intent,) = tenant.gateway.intents()
    tenant.gateway.refund(intent.id, intent.amount, idempotency_key="by-hand")
    shown = tenant.run("status", "--exit-code")
    assert shown.exit_code == 1
    assert "The ledger has 6.99 EUR, the payment gateway 0.00 EUR\n" in shown.out
    assert "qualit reconcile" in shown.out
    assert tenant.json("status")["cash"] == [{"currency": "EUR", "ledger": "6.99", "gateway": "0.00"}]
    tenant.is_damaged = True
