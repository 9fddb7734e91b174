"""P7, P9: how much one change may charge, and all orders of an account in a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.policy import (
    THE_RENEWAL,
    charge_within,
    plan_within_spending_limit,
    unpaid_order_within,
    within_spending_limit,
)
from provider.commerce.spending import Spending, month_of
from provider.money import Money

CENTS = st.decimals(Decimal("0.00"), Decimal("1000.00"), places=2)
JANUARY = date(2026, 1, 1)


def january(spent: str = "0.00", held: str = "0.00", limit: str | None = "20.00", **more: str) -> Spending:
    return Spending(
        JANUARY,
        "EUR",
        Decimal(spent),
        Decimal(held),
        None if limit is None else Decimal(limit),
        **{name: Decimal(amount) for name, amount in more.items()},
    )


@given(spent=CENTS, held=CENTS, limit=CENTS, amount=CENTS)
def test_p9_what_is_not_above_what_is_left_is_allowed_and_nothing_else(
    spent: Decimal, held: Decimal, limit: Decimal, amount: Decimal
) -> None:
    month = Spending(JANUARY, "EUR", spent, held, limit)
    allowed = not within_spending_limit(month, amount, "EUR")
    assert allowed == (amount == 0 or spent + held + amount <= limit)
    assert month.left is not None
    assert month.left.amount >= 0


@given(spent=CENTS, held=CENTS, limit=CENTS, amount=CENTS)
def test_p9_the_limit_that_a_refusal_names_is_the_smallest_that_allows_it(
    spent: Decimal, held: Decimal, limit: Decimal, amount: Decimal
) -> None:
    for refusal in within_spending_limit(Spending(JANUARY, "EUR", spent, held, limit), amount, "EUR"):
        enough = Decimal(refusal.detail.split("spending-limit ")[1].split(". Nothing")[0])
        assert within_spending_limit(Spending(JANUARY, "EUR", spent, held, enough), amount, "EUR") == ()
        cent_less = Spending(JANUARY, "EUR", spent, held, enough - Decimal("0.01"))
        assert within_spending_limit(cent_less, amount, "EUR")


def test_p9_without_a_limit_everything_is_allowed() -> None:
    assert within_spending_limit(january("999.00", limit=None), Decimal("999.00"), "EUR") == ()
    assert january(limit=None).left is None


def test_p9_a_refusal_says_what_is_charged_left_spent_and_held_and_what_to_do() -> None:
    (refusal,) = within_spending_limit(january("6.99", "5.00"), Decimal("13.99"), "EUR")
    assert (refusal.rule, refusal.attribute) == ("P9", "")
    assert refusal.summary == "This change is above the spending limit"
    assert refusal.detail == (
        "This change charges 13.99 EUR, and 8.01 EUR are left of the account's spending limit of 20.00 for January "
        "2026 (UTC): 6.99 are spent, 5.00 are held by orders that are not paid yet (`qualit orders`). Wait until "
        "2026-02-01, or raise the limit to at least 25.98: qualit account spending-limit 25.98. Nothing was ordered."
    )


def test_p9_nobody_is_told_to_wait_for_a_month_that_would_not_do_either() -> None:
    (refusal,) = within_spending_limit(january(), Decimal("20.97"), "EUR", THE_RENEWAL)
    assert refusal.detail == (
        "The renewal charges 20.97 EUR, and 20.00 EUR are left of the account's spending limit of 20.00 for January "
        "2026 (UTC). Raise the limit to at least 20.97: qualit account spending-limit 20.97."
    )


def test_p9_below_what_is_spent_nothing_is_left_and_what_is_free_still_goes_through() -> None:
    month = january("50.00", limit="20.00")
    assert month.left == Money(Decimal("0.00"), "EUR")
    assert within_spending_limit(month, Decimal("0.00"), "EUR") == ()
    (refusal,) = within_spending_limit(month, Decimal("0.50"), "EUR")
    assert "0.00 EUR are left" in refusal.detail
    assert "spending-limit 50.50" in refusal.detail


def test_p9_another_currency_cannot_be_compared_and_is_refused() -> None:
    (refusal,) = within_spending_limit(january(), Decimal("1.00"), "CHF")
    assert refusal.rule == "P9"
    assert "1.00 CHF, and the account's spending limit is in EUR" in refusal.detail
    assert within_spending_limit(january(), Decimal("0.00"), "CHF") == ()


def test_p9_the_charges_of_a_plan_fit_together_or_are_refused_together() -> None:
    assert plan_within_spending_limit(january("6.99", planned="13.01")) == ()
    assert plan_within_spending_limit(january(limit=None, planned="99.00")) == ()
    (refusal,) = plan_within_spending_limit(january("6.99", planned="13.02"))
    assert refusal.rule == "P9"
    assert "charges 13.02 EUR so far, and 13.01 EUR are left" in refusal.detail
    assert "spending-limit 20.01" in refusal.detail


@pytest.mark.parametrize(
    ("at", "month", "following"),
    [
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), date(2026, 1, 1), date(2026, 2, 1)),
        (datetime(2026, 2, 1, tzinfo=UTC), date(2026, 2, 1), date(2026, 3, 1)),
        (datetime(2026, 2, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), date(2026, 1, 1), date(2026, 2, 1)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_p9_a_month_is_the_calendars_in_utc(at: datetime, month: date, following: date) -> None:
    assert month_of(at) == month
    assert Spending(month, "EUR").next_month == following


@given(amount=CENTS, most=CENTS)
def test_p7_max_charge_allows_what_is_not_above_it(amount: Decimal, most: Decimal) -> None:
    assert (charge_within(amount, "EUR", most) == ()) == (amount <= most)
    assert (unpaid_order_within("ord-1", amount, "EUR", most) == ()) == (amount <= most)
    assert charge_within(amount, "EUR", None) == unpaid_order_within("ord-1", amount, "EUR", None) == ()
