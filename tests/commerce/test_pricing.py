"""P2, P3, P6 and P8 as properties and, where a case in a data file cannot say it, as examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.calendar import first_period, next_period
from provider.commerce.catalogue import load_catalogue
from provider.commerce.contract import Contract, Line, LineKey, Period
from provider.commerce.policy import TERMS
from provider.commerce.pricing import (
    ChargeLine,
    contained_vat,
    due,
    improvement_lines,
    remaining_days,
    renewal_charge,
    with_smallest_payment,
)

CENT = Decimal("0.01")
AMOUNTS = st.integers(0, 50_000).map(lambda cents: cents * CENT)
PERIODS = st.builds(
    first_period, st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31)), st.sampled_from(TERMS)
)


@st.composite
def days_of_periods(draw: st.DrawFn) -> tuple[Period, date]:
    """A period, and a day from shortly before it to shortly after it."""
    period = draw(PERIODS)
    return period, period.start + timedelta(days=draw(st.integers(-3, period.days + 3)))


@given(days_of_periods(), AMOUNTS, AMOUNTS)
def test_p3_an_improvement_is_never_negative_and_never_more_than_its_whole_price(
    where: tuple[Period, date], basis: Decimal, more: Decimal
) -> None:
    period, day = where
    amount = due(period, basis, basis + more, day)
    assert 0 <= amount <= more * period.months
    assert amount == amount.quantize(CENT)


@given(days_of_periods(), AMOUNTS, AMOUNTS, AMOUNTS)
def test_p3_two_steps_in_a_day_cost_what_one_does(
    where: tuple[Period, date], basis: Decimal, first: Decimal, second: Decimal
) -> None:
    period, day = where
    middle, top = basis + first, basis + first + second
    assert due(period, basis, middle, day) + due(period, middle, top, day) == due(period, basis, top, day)


@given(days_of_periods(), st.integers(1, 40), AMOUNTS, AMOUNTS)
def test_p3_a_later_day_never_costs_more_than_one_cent_above_an_earlier_one(
    where: tuple[Period, date], later: int, basis: Decimal, more: Decimal
) -> None:
    period, day = where
    assert due(period, basis, basis + more, day + timedelta(days=later)) <= due(period, basis, basis + more, day) + CENT


@given(PERIODS, AMOUNTS, AMOUNTS, st.integers(1, 5))
def test_p3_before_the_periods_start_the_whole_period_is_due(
    period: Period, basis: Decimal, more: Decimal, earlier: int
) -> None:
    assert due(period, basis, basis + more, period.start - timedelta(days=earlier)) == more * period.months
    assert due(period, basis, basis + more, period.end) == 0
    assert remaining_days(period, period.end) == 0


@given(days_of_periods(), st.sampled_from(TERMS), AMOUNTS, AMOUNTS)
def test_p3_each_line_is_rounded_and_the_total_is_the_sum_of_the_lines(
    where: tuple[Period, date], prepaid: int, basis: Decimal, more: Decimal
) -> None:
    period, day = where
    periods = (period, next_period(period, prepaid, period.start.day))
    lines = improvement_lines("disk", periods, (basis, basis), (basis + more, basis + more), day)
    total = sum((line.amount for line in lines), Decimal(0))
    assert total == sum(due(each, basis, basis + more, day) for each in periods)
    assert all(line.amount == line.amount.quantize(CENT) for line in lines)


@given(AMOUNTS, AMOUNTS)
def test_p6_only_an_amount_between_zero_and_the_smallest_is_filled_up(amount: Decimal, smallest: Decimal) -> None:
    charge = with_smallest_payment((ChargeLine("disk", amount),), smallest)
    assert charge.amount == (max(amount, smallest) if amount else amount)
    assert charge.amount - charge.credit == amount


@given(AMOUNTS)
def test_p8_the_vat_and_the_net_amount_together_are_the_gross_amount(gross: Decimal) -> None:
    vat = contained_vat(gross, Decimal("19.00"))
    assert 0 <= vat <= gross
    assert abs((gross - vat) * Decimal("1.19") - gross) <= CENT


def test_p8_the_vat_contained_in_an_amount_is_rounded_half_up() -> None:
    assert contained_vat(Decimal("20.97"), Decimal("19.00")) == Decimal("3.35")
    assert contained_vat(Decimal("6.99"), Decimal("0.00")) == Decimal("0.00")


def contract_of() -> Contract:
    period = first_period(date(2026, 1, 31), 1)
    lines: dict[LineKey, Line] = {
        "solution": Line("solution", 1, Decimal("6.99"), (Decimal("6.99"),), offer="vps-2", os="suse-enterprise-15"),
        "disk": Line("disk", 1, Decimal("4.00"), (Decimal("4.00"),), quantity=50),
    }
    return Contract("ctr-1", "EUR", 31, 1, (period,), lines)


def test_p2_a_renewal_is_charged_at_the_prices_of_the_day_for_every_line() -> None:
    charge = renewal_charge(load_catalogue(), contract_of(), 3)
    assert [(line.description, str(line.amount)) for line in charge.lines] == [
        ("vps-2 with suse-enterprise-15, 3 months at 15.99", "47.97"),
        ("50 GiB of disk, 3 months at 5.00", "15.00"),
    ]
    assert charge.amount == Decimal("62.97")


def test_p2_after_suse_enterprise_the_next_renewal_is_cheaper() -> None:
    contract = contract_of()
    free = replace(contract, lines={**contract.lines, "solution": replace(contract.solution, os="debian-12")})
    dear, cheap = (renewal_charge(load_catalogue(), each, 1).amount for each in (contract, free))
    assert dear - cheap == Decimal("9.00")


def test_p2_a_resource_that_is_no_longer_sold_is_renewed_at_its_price() -> None:
    catalogue = load_catalogue().model_copy(update={"additional_resources": ()})
    assert renewal_charge(catalogue, contract_of(), 1).lines[1] == ChargeLine(
        "50 GiB of disk, 1 month at 4.00", Decimal("4.00")
    )


def test_p6_a_credit_is_taken_off_the_next_renewal_and_no_further_than_to_zero() -> None:
    part = renewal_charge(load_catalogue(), replace(contract_of(), credit=Decimal("0.47")), 1)
    assert part.lines[-1] == ChargeLine("Credit of this contract", Decimal("-0.47"))
    assert (part.amount, part.credit) == (Decimal("20.52"), Decimal("-0.47"))
    whole = renewal_charge(load_catalogue(), replace(contract_of(), credit=Decimal("100.00")), 1)
    assert (whole.amount, whole.credit) == (Decimal("0.00"), Decimal("-20.99"))
    assert whole.lines[-1].amount == Decimal("-20.99")


def test_p6_what_a_credit_leaves_below_the_smallest_payment_is_filled_up_again() -> None:
    charge = renewal_charge(load_catalogue(), replace(contract_of(), credit=Decimal("20.89")), 1)
    assert (charge.amount, charge.credit) == (Decimal("0.50"), Decimal("0.40") - Decimal("20.89"))
