"""Paid periods on the calendar (P4): whole UTC days, counted from the day of the month that the contract began on.

Called by ``proposal`` and ``acceptance`` when a contract begins and when it is renewed.
"""

from __future__ import annotations

import calendar
from datetime import date

from provider.commerce.contract import Contract, Period


def end_of_period(start: date, months: int, anchor_day: int) -> date:
    """The first day that is not paid any more: ``anchor_day`` of the month ``months`` later, or its last day."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(anchor_day, last))


def first_period(start: date, months: int) -> Period:
    """The first period of a contract; its anchor day is ``start.day``."""
    return Period(index=1, start=start, end=end_of_period(start, months, start.day), months=months)


def next_period(previous: Period, months: int, anchor_day: int) -> Period:
    """The period that begins where ``previous`` ends (P2)."""
    end = end_of_period(previous.end, months, anchor_day)
    return Period(index=previous.index + 1, start=previous.end, end=end, months=months)


def renewed_period(contract: Contract, months: int, paid_on: date) -> Period:
    """The period that a renewal buys: where the paid time ends, or on the day it is paid if that is later (L2)."""
    last = contract.periods[-1]
    if paid_on <= last.end:
        return next_period(last, months, contract.anchor_day)
    return Period(last.index + 1, paid_on, end_of_period(paid_on, months, paid_on.day), months)
