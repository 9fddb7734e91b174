"""P9, P7: what an account may spend in a month, and a change charge, checked in the transaction that orders."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.embedded import EmbeddedBackend
from provider.backend.port import (
    ActionRequiredError,
    BackendError,
    ContractTerms,
    LineMovedError,
    OrderView,
    PaymentDeclinedError,
    Purchase,
    Quote,
    RefusedError,
    ServerSettings,
)
from provider.commerce.change import NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.spending import Spending
from tests.platform.catalogues import catalogue_with
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)
LAST_DAY = "2026-02-27T00:00:00+00:00"
"""24 hours before the end of a month that was bought on 31 January."""


def limited(shop: Shop, amount: str | None) -> Shop:
    shop.backend.set_spending_limit(amount)
    return shop


def month(shop: Shop) -> tuple[str, str, str]:
    """Spent, held and left."""
    now = shop.backend.spending()
    return str(now.spent), str(now.held), str(now.left.amount if now.left is not None else None)


def refused(shop: Shop, act: Callable[[], object], rule: str = "P9") -> str:
    """What is said of an order that is refused; it leaves nothing behind."""
    before = shop.backend.orders(), shop.backend.payments(), shop.backend.receipts(), month(shop)
    with pytest.raises(RefusedError) as raised:
        act()
    assert raised.value.rule == rule
    assert (shop.backend.orders(), shop.backend.payments(), shop.backend.receipts(), month(shop)) == before
    return raised.value.detail


# -- what fits -------------------------------------------------------------------------------------------------
def test_p9_what_is_above_the_limit_is_refused_before_anything_is_ordered(any_shop: Shop) -> None:
    shop = limited(any_shop, "15.00")
    shop.buy()
    assert month(shop) == ("6.99", "0.00", "8.01")
    said = refused(shop, lambda: shop.buy("vps-4", name="app"))
    assert "charges 13.99 EUR, and 8.01 EUR are left of the account's spending limit of 15.00" in said
    shop.buy(name="app")
    assert month(shop) == ("13.98", "0.00", "1.02")
    assert shop.charged == Decimal("13.98")


def test_p9_the_limit_itself_may_be_spent_to_the_cent(any_shop: Shop) -> None:
    shop = limited(any_shop, "13.98")
    shop.buy()
    shop.buy(name="app")
    assert month(shop) == ("13.98", "0.00", "0.00")
    refused(shop, lambda: shop.add("disk", 10))


def test_p9_improvements_and_additions_count(shop: Shop) -> None:
    limited(shop.at("2026-01-31T09:00:00+00:00"), "20.00").buy()
    shop.add("disk", 50)
    shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    assert month(shop) == ("18.99", "0.00", "1.01")
    refused(shop, lambda: shop.add("disk", 100))


def test_p9_a_new_month_begins_with_the_whole_limit_at_midnight_utc(shop: Shop) -> None:
    limited(shop.at("2026-01-31T23:59:59+00:00"), "6.99").buy()
    refused(shop, lambda: shop.buy(name="app"))
    limited(shop.at("2026-02-01T00:00:00+00:00"), "6.99").buy(name="app")
    assert month(shop) == ("6.99", "0.00", "0.00")


def test_p9_zero_lets_nothing_be_bought_that_costs_money(shop: Shop) -> None:
    shop.buy()
    limited(shop, "0")
    refused(shop, lambda: shop.buy(name="app"))
    server = shop.server()
    shop.backend.configure_server(server.id, ServerSettings(power_state="off"), timeout_seconds=20)
    shop.backend.configure_server(server.id, ServerSettings(), os="ubuntu-24.04", timeout_seconds=20)
    assert shop.server().contract.contract.solution.os == "ubuntu-24.04", "what is free is not held up"


def test_p9_without_a_limit_nothing_is_refused(shop: Shop) -> None:
    limited(shop, "0")
    limited(shop, None).buy("vps-8", months=12)
    assert shop.backend.spending().left is None


def test_p9_lowered_below_what_is_spent_it_undoes_nothing_and_refuses_what_follows(any_shop: Shop) -> None:
    shop = limited(any_shop, "100.00")
    shop.buy("vps-4")
    limited(shop, "5.00")
    assert month(shop) == ("13.99", "0.00", "0.00")
    assert shop.server().status == "active"
    assert "0.00 EUR are left" in refused(shop, lambda: shop.buy(name="app"))


def test_p9_a_limit_in_another_currency_than_the_catalogues_holds_all_the_same(shop: Shop, tmp_path: Path) -> None:
    limited(shop, "100.00")
    shop.catalogue = catalogue_with(tmp_path, currency="CHF")
    shop.reopen()
    assert "the account's spending limit is in EUR" in refused(shop, shop.buy)
    assert shop.backend.spending().currency == "EUR"


# -- what comes back -------------------------------------------------------------------------------------------
def test_p9_an_order_that_waits_for_its_customer_holds_what_it_would_charge(any_shop: Shop) -> None:
    shop = limited(any_shop, "10.00")
    with pytest.raises(ActionRequiredError):
        shop.buy(method="test-3ds")
    assert month(shop) == ("0.00", "6.99", "3.01")
    assert "6.99 are held by orders that are not paid yet" in refused(shop, lambda: shop.buy(name="app"))
    (payment,) = shop.backend.payments()
    shop.backend.confirm_payment(payment.id)
    shop.apply(shop.plan(NEW), method="test-3ds")
    assert month(shop) == ("6.99", "0.00", "3.01")


def test_p9_it_counts_in_the_month_in_which_it_was_placed_also_when_it_is_paid_in_the_next(any_shop: Shop) -> None:
    shop = limited(any_shop.at("2026-01-31T23:00:00+00:00"), "10.00")
    with pytest.raises(ActionRequiredError):
        shop.buy(method="test-3ds")
    shop.at("2026-02-01T01:00:00+00:00")
    (payment,) = shop.backend.payments()
    shop.backend.confirm_payment(payment.id)
    shop.backend.resume(shop.backend.orders()[0].id, timeout_seconds=20)
    assert shop.charged == Decimal("6.99")
    assert month(shop) == ("0.00", "0.00", "10.00")
    assert shop.backend.spending(shop.backend.orders()[0].placed_at).spent == Decimal("6.99")


def declined(shop: Shop) -> None:
    with pytest.raises(PaymentDeclinedError):
        shop.buy(method="test-declined")


def cancelled(shop: Shop) -> None:
    with pytest.raises(ActionRequiredError):
        shop.buy(method="test-3ds")
    shop.backend.cancel_order(shop.backend.orders()[0].id, timeout_seconds=20)


def expired(shop: Shop) -> None:
    shop.at("2026-01-29T09:00:00+00:00")
    with pytest.raises(ActionRequiredError):
        shop.buy(method="test-3ds")
    shop.at("2026-01-30T10:00:00+00:00").work()
    assert [order.status for order in shop.backend.orders()] == ["cancelled"]


def refunded(shop: Shop) -> None:
    shop.host.impossible = "it has no room"
    with pytest.raises(RefusedError) as raised:
        shop.buy()
    assert raised.value.rule == "N3"
    shop.host.impossible = None


@pytest.mark.parametrize("comes_back", [declined, cancelled, expired, refunded])
def test_p9_what_bought_nothing_takes_no_room(any_shop: Shop, comes_back: Callable[[Shop], None]) -> None:
    shop = any_shop
    shop.instant = "2026-01-29T09:00:00+00:00"
    limited(shop, "6.99")
    comes_back(shop)
    assert month(shop) == ("0.00", "0.00", "6.99")
    shop.buy()
    assert month(shop) == ("6.99", "0.00", "0.00")


def test_p9_a_refund_by_hand_gives_its_part_back(shop: Shop) -> None:
    limited(shop, "10.00").buy()
    (payment,) = shop.backend.payments()
    intent = shop.gateway.retrieve(payment.id)
    shop.gateway.refund(payment.id, intent.amount, idempotency_key="by-hand")
    shop.backend.reconcile()
    assert month(shop) == ("0.00", "0.00", "10.00")


def test_p9_what_a_bank_takes_back_gives_its_part_back(shop: Shop) -> None:
    limited(shop, "10.00").buy()
    (payment,) = shop.backend.payments()
    shop.backend.dispute_payment(payment.id)
    shop.backend.reconcile()
    assert month(shop) == ("6.99", "0.00", "3.01"), "while the bank decides it is spent"
    shop.backend.dispute_payment(payment.id, "lost")
    shop.backend.reconcile()
    assert month(shop) == ("0.00", "0.00", "10.00")


# -- at once ---------------------------------------------------------------------------------------------------
Buy = Callable[[EmbeddedBackend], OrderView]


def at_once(shop: Shop, orders: Sequence[Buy]) -> list[BackendError | OrderView]:
    """Run orders at the same moment, each on a backend of its own, as processes would."""
    start = threading.Barrier(len(orders))

    def run(order: Buy, backend: EmbeddedBackend) -> BackendError | OrderView:
        backend.now()
        start.wait()
        try:
            return order(backend)
        except BackendError as error:
            return error

    with ExitStack() as opened, ThreadPoolExecutor(len(orders)) as threads:
        # All are closed at the end: one of them runs the purchases of all in this process.
        backends = [opened.enter_context(closing(shop.another())) for _ in orders]
        return list(threads.map(run, orders, backends))


def test_p9_of_orders_placed_at_once_only_those_that_fit_are_bought(any_shop: Shop) -> None:
    shop = limited(any_shop, "20.97")
    names = [f"web{number}" for number in range(8)]
    quotes = {name: shop.plan(NEW, name) for name in names}

    def buy(name: str) -> Buy:
        return lambda backend: shop.apply(quotes[name], name=name, backend=backend, timeout=60)

    outcomes = at_once(shop, [buy(name) for name in names])
    bought = [each for each in outcomes if isinstance(each, OrderView)]
    rules = [each.rule for each in outcomes if isinstance(each, RefusedError)]
    assert (len(bought), rules) == (3, ["P9"] * 5), outcomes
    assert shop.charged == Decimal("20.97")


def test_p7_of_improvements_at_once_none_charges_more_than_its_max_charge(any_shop: Shop) -> None:
    shop = any_shop
    contract = shop.buy().contract.contract
    offers = ("vps-4", "vps-8", "vps-4", "vps-8")
    quotes = [shop.plan(SwitchSolution(offer, "debian-12")) for offer in offers]

    def improve(quote: Quote) -> Buy:
        purchase = Purchase(quote.id, "test-visa", max_charge=Decimal("7.00"))
        return lambda backend: backend.order(purchase, timeout_seconds=60)

    outcomes = at_once(shop, [improve(quote) for quote in quotes])
    assert all(isinstance(each, OrderView | LineMovedError | RefusedError) for each in outcomes), outcomes
    assert any(isinstance(each, OrderView) for each in outcomes)
    charged = [order.amount for order in shop.backend.orders() if order.contract_id == contract.id][1:]
    assert charged == [Decimal("7.00")], "one improvement was bought, and within the limit"


# -- max_charge in the transaction -----------------------------------------------------------------------------
def test_p7_an_order_above_max_charge_is_refused_whatever_its_plan_showed(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    terms = ContractTerms("vps", "web", auto_renew=True)
    purchase = Purchase(quote.id, "test-visa", terms, ServerSettings(), max_charge=Decimal("6.98"))
    said = refused(shop, lambda: shop.backend.order(purchase, timeout_seconds=20), "P7")
    assert "charges 6.99 EUR now, and max_charge allows 6.98" in said


def test_p7_an_unpaid_order_is_not_gone_on_with_above_a_max_charge_that_was_lowered(shop: Shop) -> None:
    quote = shop.plan(NEW)
    terms = ContractTerms("vps", "web", auto_renew=True)
    purchase = Purchase(quote.id, "test-3ds", terms, ServerSettings(), max_charge=Decimal("6.99"))
    with pytest.raises(ActionRequiredError):
        shop.backend.order(purchase, timeout_seconds=20)
    lowered = Purchase(quote.id, "test-3ds", terms, ServerSettings(), max_charge=Decimal("6.98"))
    said = refused(shop, lambda: shop.backend.order(lowered, timeout_seconds=20), "P7")
    assert f"qualit orders cancel {shop.backend.orders()[0].id}" in said


@pytest.mark.parametrize("withdrawn", [{"auto_renew": False}, {"max_charge": Decimal("6.98")}])
def test_l1_consent_that_is_withdrawn_before_the_order_is_placed_counts(
    any_shop: Shop, withdrawn: dict[str, object]
) -> None:
    shop = any_shop
    contract = shop.buy().contract.contract
    quote = shop.at(LAST_DAY).plan(Renew(1))
    shop.backend.configure_contract(contract.id, **withdrawn)  # type: ignore[arg-type]
    refused(shop, lambda: shop.backend.order(Purchase(quote.id, "test-visa", by_itself=True), timeout_seconds=20), "L1")
    shop.backend.order(Purchase(quote.id, "test-visa"), timeout_seconds=20)
    assert shop.charged == Decimal("13.98"), "by hand it is renewed all the same"


# -- renewals --------------------------------------------------------------------------------------------------
def test_p9_l1_a_renewal_above_the_limit_is_not_made_until_the_limit_is_raised(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy("vps-4")
    limited(shop.at(LAST_DAY), "13.98")
    told: list[str] = []
    for _ in range(2):
        shop.backend.work(
            until_idle=True,
            report=lambda _order: None,
            stop=threading.Event(),
            unrenewed=lambda name, why: told.append(f"{name}: {why}"),
        )
    assert len(shop.backend.orders()) == 1
    assert told[0].startswith("web: The renewal charges 13.99 EUR, and 13.98 EUR are left"), told
    limited(shop, "13.99").work()
    assert [order.kind for order in shop.backend.orders()] == ["new", "renewal"]
    assert month(shop) == ("13.99", "0.00", "0.00")


def test_p9_l2_a_renewal_without_room_is_made_up_for_in_the_next_month_within_the_grace(shop: Shop) -> None:
    shop.buy()
    limited(shop.at("2026-02-20T09:00:00+00:00"), "10.00").buy(name="app")
    shop.at(LAST_DAY).work()
    assert [order.kind for order in shop.backend.orders()] == ["new", "new"]
    shop.at("2026-03-01T00:00:00+00:00").work()
    assert [order.kind for order in shop.backend.orders()] == ["new", "new", "renewal"]
    assert shop.server().status == "active"


def test_p9_by_hand_a_renewal_is_bound_as_well(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    limited(shop.at(LAST_DAY), "6.98")
    said = refused(shop, lambda: shop.apply(shop.plan(Renew(1))))
    assert said.startswith("The renewal charges 6.99 EUR")


# -- the limit itself ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "stored"), [("200", "200.00"), ("0", "0.00"), ("20.5 eur", "20.50"), ("7EUR", "7.00")]
)
def test_p9_an_amount_in_the_catalogues_currency_is_a_limit(any_shop: Shop, text: str, stored: str) -> None:
    limited(any_shop, text)
    found: Spending = any_shop.reopen().backend.spending()
    assert (str(found.limit), found.currency) == (stored, "EUR")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-5", "a limit has no sign"),
        ("1.234", "it has more than two decimals"),
        ("1,000", "decimals stand behind a point, and nothing stands between thousands"),
        ("1.000.000", "decimals stand behind a point, and nothing stands between thousands"),
        ("20 CHF", "the catalogue sells in EUR, and a limit in CHF"),
        ("20 EURO", "it is no amount with a currency of three letters"),
        ("9999999999999", "it has more than twelve digits"),
        ("much", "it is no amount"),
        ("", "it is no amount"),
        ("NaN", "it is no amount"),
        ("1e9", "it is no amount with a currency"),
        ("٢٠", "it is no amount"),
    ],
)
def test_p9_what_is_no_amount_is_refused_and_the_limit_before_stays(shop: Shop, text: str, why: str) -> None:
    limited(shop, "10.00")
    with pytest.raises(RefusedError, match=r"Nothing was stored\.$") as raised:
        limited(shop, text)
    assert f'spending_limit = "{text}": {why}' in raised.value.detail
    assert (raised.value.rule, raised.value.attribute) == ("P9", "spending_limit")
    assert shop.backend.spending().limit == Decimal("10.00")


def test_p9_what_this_process_has_planned_is_known_until_it_is_ordered(shop: Shop) -> None:
    web, app = shop.plan(NEW), shop.plan(NewContract("vps-4", "debian-12", 1), "app")
    assert shop.backend.spending().planned == Decimal("20.98")
    shop.plan(NEW)
    assert shop.backend.spending().planned == Decimal("20.98"), "the same plan again is no other charge"
    shop.apply(web)
    assert shop.backend.spending().planned == Decimal("13.99")
    with suppress(PaymentDeclinedError):
        shop.apply(app, name="app", method="test-declined")
    assert shop.backend.spending().planned == 0, "it was ordered, and came to nothing"
    shop.plan(SetQuantity("disk", 10))
    assert shop.reopen().backend.spending().planned == 0, "another process has planned nothing"
