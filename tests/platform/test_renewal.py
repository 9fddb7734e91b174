"""Renewals: by a worker (L1), by hand (S4, P2), out of suspension (L2), with credit (P6), beside improvements (P3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import (
    ActionRequiredError,
    LineMovedError,
    OrderView,
    PaymentDeclinedError,
    Purchase,
    RefusedError,
    ServerSettings,
)
from provider.commerce.change import NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.proposal import Proposal, propose
from provider.platform import ledger
from tests.platform.catalogues import catalogue_with
from tests.platform.shop import Shop

LAST_DAY = "2026-02-27T00:00:00+00:00"
"""24 hours before the end of a month that was bought on 31 January."""


def renew(shop: Shop, months: int = 1, method: str = "test-visa", name: str = "web") -> OrderView:
    return shop.apply(shop.plan(Renew(months), name), method=method)


def renewals(shop: Shop) -> list[OrderView]:
    return [order for order in shop.backend.orders() if order.kind == "renewal"]


def paid_until(shop: Shop) -> date:
    return shop.server().contract.contract.paid_until


def power(shop: Shop, name: str = "web") -> str:
    return shop.host.machines[shop.server(name).domain_uuid or ""].power_state


# -- by itself -------------------------------------------------------------------------------------------------
def test_l1_a_worker_renews_a_day_before_the_end_once(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at("2026-02-26T23:59:59+00:00").work()
    assert renewals(shop) == []
    shop.at(LAST_DAY).work()
    shop.work()
    (order,) = renewals(shop)
    assert (order.status, order.amount, order.description) == (
        "active",
        Decimal("6.99"),
        "renewal: vps-2 for 1 month",
    )
    assert paid_until(shop) == date(2026, 3, 31), "P4: it counts from the 31st again"
    assert shop.charged == shop.cash() == Decimal("13.98")
    shop.at("2026-03-29T00:00:00+00:00").work()
    assert len(renewals(shop)) == 1
    shop.at("2026-03-30T00:00:00+00:00").work()
    assert [order.amount for order in renewals(shop)] == [Decimal("6.99")] * 2
    assert paid_until(shop) == date(2026, 4, 30)


def test_l1_neither_a_plan_nor_a_refresh_nor_an_apply_renews(shop: Shop) -> None:
    shop.buy()
    shop.at(LAST_DAY)
    server = shop.server()
    shop.backend.server(server.id, observe=True)
    shop.plan(Renew(1))
    shop.buy(name="other")
    assert renewals(shop) == []


def test_l1_without_standing_consent_nothing_renews(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, auto_renew=False)
    shop.at(LAST_DAY).work()
    assert renewals(shop) == []


def test_l1_c6_it_renews_for_the_wished_duration_with_the_saved_method(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, term_months=3, payment_method="test-paypal")
    assert shop.charged == Decimal("6.99"), "C6: a changed duration charges nothing"
    shop.at(LAST_DAY).work()
    (order,) = renewals(shop)
    assert order.amount == Decimal("20.97")
    assert paid_until(shop) == date(2026, 5, 31)


def test_l1_above_max_charge_it_is_not_renewed(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, max_charge=Decimal("6.98"))
    shop.at(LAST_DAY).work()
    assert renewals(shop) == []
    shop.backend.configure_contract(contract_id, max_charge=Decimal("6.99"))
    shop.work()
    assert len(renewals(shop)) == 1


def test_l1_declined_it_is_tried_once_with_each_method(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, payment_method="test-insufficient-funds")
    shop.at(LAST_DAY).work()
    shop.work()
    (declined,) = renewals(shop)
    assert declined.status == "declined"
    view = shop.server().contract
    assert view.failed_renewal is not None
    assert "insufficient funds" in (view.failed_renewal.failure or "")
    assert power(shop) == "running", "N5: the server is as it was"
    shop.backend.configure_contract(contract_id, payment_method="test-amex")
    shop.work()
    assert [order.status for order in renewals(shop)] == ["declined", "active"]
    assert shop.server().contract.failed_renewal is None


def test_l1_late_but_within_the_grace_a_worker_still_renews(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at("2026-03-05T10:00:00+00:00").work()
    assert paid_until(shop) == date(2026, 4, 5), "L2: it begins on the day that it is paid"
    assert shop.server().status == "active"
    assert power(shop) == "running"


def test_l1_a_contract_bought_with_an_order_renews_too(shop: Shop) -> None:
    shop.buy_contract()
    shop.at(LAST_DAY).work()
    (order,) = renewals(shop)
    assert (order.status, order.server) == ("active", "stock")
    assert shop.order_contract().contract.paid_until == date(2026, 3, 31)


def test_l4_a_renewal_that_asks_for_3d_secure_waits_a_day_and_is_suspended_meanwhile(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, payment_method="test-3ds")
    shop.at(LAST_DAY).work()
    (waiting,) = renewals(shop)
    assert waiting.status == "action_required"
    shop.at("2026-02-28T00:00:00+00:00").work()
    assert shop.server().status == "suspended"
    assert [order.status for order in renewals(shop)] == ["cancelled"]


def test_l4_a_confirmed_renewal_brings_a_suspended_server_back(shop: Shop) -> None:
    contract_id = shop.buy().contract.contract.id
    shop.backend.configure_contract(contract_id, payment_method="test-3ds")
    shop.at("2026-02-27T12:00:00+00:00").work()
    shop.at("2026-02-28T09:00:00+00:00").work()
    assert (shop.server().status, power(shop)) == ("suspended", "off")
    (intent,) = [intent for intent in shop.gateway.intents() if intent.status == "action_required"]
    shop.gateway.confirm_as_customer(intent.id)
    shop.work()
    assert (shop.server().status, power(shop)) == ("active", "running")
    assert paid_until(shop) == date(2026, 3, 31), "paid on the day that it ended: without a gap"


def test_l1_a_host_that_is_down_keeps_a_worker_neither_from_working_nor_from_renewing_others(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-10T09:00:00+00:00").buy(name="other")
    shop.at("2026-03-09T10:00:00+00:00")
    shop.host.down = True
    shop.work()
    assert [order.server for order in renewals(shop)] == ["other"]
    shop.host.down = False
    shop.reopen().work()
    assert [order.server for order in renewals(shop)] == ["other", "web"]
    assert power(shop, "web") == power(shop, "other") == "running"


# -- by hand ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("months", "amount", "until"), [(1, "6.99", "2026-03-31"), (12, "83.88", "2027-02-28")])
def test_s4_the_duration_is_chosen_at_the_renewal(shop: Shop, months: int, amount: str, until: str) -> None:
    shop.buy()
    order = renew(shop, months)
    assert (order.amount, paid_until(shop)) == (Decimal(amount), date.fromisoformat(until))
    assert shop.server().contract.contract.term_months == 1, "what the program declares stays wished"


def test_p2_a_renewal_is_bought_at_most_one_period_ahead(shop: Shop) -> None:
    shop.buy()
    renew(shop)
    contract = shop.server().contract.contract
    again = propose(shop.backend.catalogue(), contract.id, contract, Renew(1), shop.backend.now().date())
    assert not isinstance(again, Proposal)
    assert again[0].rule == "P2"
    assert "from 2026-02-28 on" in again[0].detail
    shop.at("2026-02-28T09:00:00+00:00")
    renew(shop)
    assert paid_until(shop) == date(2026, 4, 30)


def test_p2_every_line_is_renewed_at_the_prices_of_the_day(shop: Shop, tmp_path: Path) -> None:
    shop.buy()
    shop.add("disk", 50)
    shop.catalogue = catalogue_with(tmp_path, **{"vps-2": "5.99", "disk": "0.20"})
    order = renew(shop.reopen(), 3)
    assert [(line.description, line.amount) for line in order.lines] == [
        ("vps-2, 3 months at 5.99", Decimal("17.97")),
        ("50 GiB of disk, 3 months at 10.00", Decimal("30.00")),
    ]
    lines = shop.server().contract.contract.lines
    assert (lines["solution"].monthly_price, lines["disk"].monthly_price) == (Decimal("5.99"), Decimal("10.00"))
    assert (lines["solution"].revision, lines["disk"].revision) == (2, 2)


def test_p8_a_retired_offer_is_renewed_and_one_that_is_gone_is_not(shop: Shop, tmp_path: Path) -> None:
    shop.buy()
    shop.catalogue = catalogue_with(tmp_path, **{"vps-2": "retired"})
    renew(shop.reopen())
    shop.catalogue = catalogue_with(tmp_path, **{"vps-2": None})
    shop.at("2026-03-30T09:00:00+00:00")
    contract = shop.server().contract.contract
    refused = propose(shop.backend.catalogue(), contract.id, contract, Renew(1), shop.backend.now().date())
    assert not isinstance(refused, Proposal)
    assert refused[0].rule == "P8"
    shop.work()
    assert len(renewals(shop)) == 1


def test_p8_a_catalogue_in_another_currency_renews_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.buy()
    shop.catalogue = catalogue_with(tmp_path, currency="USD")
    shop.at(LAST_DAY).work()
    assert renewals(shop) == []
    assert shop.charged == Decimal("6.99")


def test_n5_a_declined_renewal_leaves_everything_as_it_was(shop: Shop) -> None:
    shop.buy()
    before = shop.server().contract.contract
    with pytest.raises(PaymentDeclinedError):
        renew(shop, method="test-declined")
    assert shop.server().contract.contract == before
    assert renew(shop).status == "active", "another method can be tried at once"


def test_n1_two_renewals_at_once_buy_one_period(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    first = shop.plan(Renew(1))
    second = shop.plan(Renew(1))
    assert first.id == second.id
    one = shop.apply(first)
    two = shop.apply(second)
    assert one.id == two.id
    assert shop.charged == Decimal("13.98")


def test_n1_the_worker_and_a_person_renew_once(shop: Shop) -> None:
    shop.buy()
    quote = shop.at(LAST_DAY).plan(Renew(3))
    shop.work()
    with pytest.raises(LineMovedError):
        shop.apply(quote)
    assert shop.charged == Decimal("13.98")


def test_n6_a_renewal_moves_every_line_so_a_change_planned_before_it_is_planned_again(shop: Shop) -> None:
    shop.buy()
    shop.add("disk", 10)
    quote = shop.plan(SetQuantity("disk", 50))
    switch = shop.plan(SwitchSolution("vps-4", "debian-12"))
    renew(shop)
    for planned in (quote, switch):
        with pytest.raises(LineMovedError) as moved:
            shop.apply(planned)
        assert moved.value.rule == "N6"


def test_l4_beside_an_open_renewal_nothing_else_is_ordered(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    disk = shop.plan(SetQuantity("disk", 50))
    with pytest.raises(ActionRequiredError) as waiting:
        renew(shop, method="test-3ds")
    with pytest.raises(RefusedError) as refused:
        shop.apply(disk)
    assert refused.value.rule == "L4"
    shop.backend.cancel_order(waiting.value.order_id or "", timeout_seconds=5)
    assert shop.apply(disk).status == "active"


def test_l4_beside_an_open_order_nothing_is_renewed(shop: Shop) -> None:
    shop.buy()
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(SetQuantity("disk", 50)), method="test-3ds")
    with pytest.raises(RefusedError) as refused:
        renew(shop)
    assert refused.value.rule == "L4"


def test_n3_a_renewal_says_nothing_of_a_server_that_is_not_made_yet(shop: Shop) -> None:
    contract = shop.buy_contract().contract
    shop.host.down_after_change = True
    settings = ServerSettings(user_data="#cloud-config")
    server = shop.backend.run_on_contract("web", contract.id, settings, timeout_seconds=0)
    assert server.status == "provisioning"
    shop.host.down = True
    renew(shop)
    assert shop.server().status == "provisioning", "it is paid for, and nobody has made its machine"
    shop.host.down = shop.host.down_after_change = False
    assert shop.backend.run_on_contract("web", contract.id, settings, timeout_seconds=5).status == "active"
    assert [spec.user_data for spec in shop.host.specs.values()] == ["#cloud-config"]


# -- beside improvements ---------------------------------------------------------------------------------------
def test_p3_an_improvement_pays_the_prepaid_period_in_full(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-14T09:00:00+00:00")
    renew(shop)
    order = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    assert [line.amount for line in order.lines] == [Decimal("3.50"), Decimal("7.00")]
    shop.at("2026-03-30T00:00:00+00:00").work()
    assert renewals(shop)[-1].amount == Decimal("13.99")


# -- suspension ------------------------------------------------------------------------------------------------
def test_l2_a_suspended_server_is_renewed_from_the_day_it_is_paid_and_comes_back(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.backend.configure_contract(shop.server().contract.contract.id, auto_renew=False)
    shop.at("2026-03-04T15:00:00+00:00").work()
    assert (shop.server().status, power(shop)) == ("suspended", "off")
    order = renew(shop, 3)
    assert order.amount == Decimal("20.97")
    assert (shop.server().status, power(shop)) == ("active", "running")
    assert paid_until(shop) == date(2026, 6, 4), "P4: it counts from the day that it was paid"
    renew(shop.at("2026-06-03T00:00:00+00:00"))
    assert paid_until(shop) == date(2026, 7, 4)


def test_l2_a_server_that_slept_before_its_suspension_sleeps_after_it(shop: Shop) -> None:
    server = shop.buy()
    shop.backend.configure_server(server.id, type(server.settings)(power_state="off"), timeout_seconds=5)
    shop.backend.configure_contract(server.contract.contract.id, auto_renew=False)
    shop.at("2026-03-04T15:00:00+00:00").work()
    renew(shop)
    assert power(shop) == "off"


def test_l2_a_renewal_that_is_paid_keeps_a_contract_from_ending(shop: Shop) -> None:
    shop.buy()
    shop.backend.configure_contract(shop.server().contract.contract.id, auto_renew=False)
    shop.at("2026-03-13T23:00:00+00:00").work()
    shop.host.down_after_change = True
    order = shop.apply(shop.plan(Renew(1)), timeout=1)
    assert order.status == "provisioning"
    shop.host.down_after_change = False
    shop.host.down = True
    shop.at("2026-03-15T00:00:00+00:00")
    shop.backend.server_named("web")
    shop.host.down = False
    shop.backend.resume(order.id, timeout_seconds=10)
    assert shop.server().status == "active"
    assert paid_until(shop) == date(2026, 4, 13), "the day that it was paid, not the day that it was delivered"


def test_n3_a_renewal_whose_machine_cannot_come_back_is_refunded(shop: Shop) -> None:
    shop.buy()
    shop.backend.configure_contract(shop.server().contract.contract.id, auto_renew=False)
    shop.at("2026-03-04T15:00:00+00:00").work()
    before = shop.server().contract.contract
    quote = shop.plan(Renew(1))
    shop.host.impossible = "the machine's disk is gone"
    with pytest.raises(RefusedError) as refused:
        shop.apply(quote)
    assert refused.value.rule == "N3"
    shop.host.impossible = None
    assert shop.server().contract.contract == before
    assert shop.charged == Decimal("6.99")


def test_l2_at_the_end_of_the_grace_an_unpaid_renewal_is_given_up(shop: Shop) -> None:
    shop.buy()
    shop.backend.configure_contract(shop.server().contract.contract.id, auto_renew=False)
    shop.at("2026-03-13T20:00:00+00:00").work()
    with pytest.raises(ActionRequiredError):
        renew(shop, method="test-3ds")
    shop.at("2026-03-14T00:00:00+00:00").work()
    assert shop.backend.server_named("web") is None
    assert [order.status for order in renewals(shop)] == ["cancelled"]
    assert shop.host.machines == {}


# -- credit ----------------------------------------------------------------------------------------------------
def test_p6_a_credit_is_taken_off_the_next_renewal_and_stands_in_the_ledger(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-27T09:00:00+00:00")
    small = shop.add("disk", 10)
    assert (small.amount, shop.server().contract.contract.credit) == (Decimal("0.50"), Decimal("0.46"))
    order = renew(shop)
    assert [line.amount for line in order.lines] == [Decimal("6.99"), Decimal("1.00"), Decimal("-0.46")]
    assert order.amount == Decimal("7.53")
    assert shop.server().contract.contract.credit == 0
    with shop.records().read() as connection:
        assert ledger.balance(connection, "credit") == 0
        assert ledger.balance(connection, "cash") == Decimal("6.99") + Decimal("0.50") + Decimal("7.53")


def test_p6_a_refunded_renewal_gives_the_credit_back_as_credit(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-27T09:00:00+00:00")
    shop.add("disk", 10)
    shop.backend.configure_contract(shop.server().contract.contract.id, auto_renew=False)
    shop.at("2026-03-04T15:00:00+00:00").work()
    quote = shop.plan(Renew(1))
    assert quote.proposal.amount == Decimal("7.53")
    shop.host.impossible = "no"
    with pytest.raises(RefusedError):
        shop.apply(quote)
    shop.host.impossible = None
    assert shop.server().contract.contract.credit == Decimal("0.46")


def test_a_renewal_is_refused_for_what_was_never_bought_or_has_ended(shop: Shop) -> None:
    shop.buy()
    quote = shop.plan(Renew(1))
    shop.backend.end_server(shop.server().id)
    with pytest.raises(RefusedError) as refused:
        shop.backend.order(Purchase(quote.id, "test-visa"), timeout_seconds=5)
    assert refused.value.rule == "L3"
    assert propose(shop.backend.catalogue(), "ctr-x", None, NewContract("vps-2", "debian-12", 1), date(2026, 1, 31))
