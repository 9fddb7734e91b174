"""P4: where paid periods begin and end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.calendar import end_of_period, first_period, next_period
from provider.commerce.policy import TERMS

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2120, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_p4_a_period_ends_on_the_same_day_or_on_the_months_last(start: date, months: int, end: date) -> None:
    assert end_of_period(start, months, start.day) == end


def test_p4_the_next_period_counts_from_the_original_day_again() -> None:
    january = first_period(date(2026, 1, 31), 1)
    february = next_period(january, 1, 31)
    march = next_period(february, 1, 31)
    assert [january.end, february.end, march.end] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert [january.index, february.index, march.index] == [1, 2, 3]
    assert february.start == january.end


@given(DAYS, st.lists(st.sampled_from(TERMS), min_size=1, max_size=8))
def test_p4_many_periods_end_where_one_of_their_whole_length_would(start: date, terms: list[int]) -> None:
    period = first_period(start, terms[0])
    for months in terms[1:]:
        period = next_period(period, months, start.day)
    assert period.end == end_of_period(start, sum(terms), start.day)
    assert period.days > 0
