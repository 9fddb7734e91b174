"""A contract's life on paper: what each purchase costs and what it leaves, from the rules alone (P1 to P4, P6).

Whole cents and fractions, and nothing of the program, so that its prices, periods and bases can be held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

GRACE = timedelta(days=14)
SMALLEST = 50


@dataclass(frozen=True, slots=True)
class Prices:
    """A catalogue's monthly prices in cents: of offers, of systems that cost something, and of units."""

    offers: Mapping[str, int]
    systems: Mapping[str, int]
    units: Mapping[str, int]

    def solution(self, offer: str, os: str) -> int:
        return self.offers[offer] + self.systems.get(os, 0)


@dataclass(slots=True)
class Paid:
    """A paid period, with each line's basis in it (P3); a line that came later has none in it."""

    start: date
    end: date
    months: int
    bases: dict[str, int]

    def due(self, line: str, new: int, day: date) -> int:
        """Raise a line's basis on a day, and say what that costs (P3)."""
        old, self.bases[line] = self.bases.get(line, 0), new
        share = Fraction((self.end - max(day, self.start)).days, (self.end - self.start).days)
        return _rounded(new * self.months * share) - _rounded(old * self.months * share)


@dataclass(slots=True)
class Life:
    """One contract. Its methods pay for what they do and return the amount; copy it before, to try."""

    offer: str = ""
    os: str = ""
    quantities: dict[str, int] = field(default_factory=dict)
    monthly: dict[str, int] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    periods: list[Paid] = field(default_factory=list)
    anchor: int = 0
    credit: int = 0

    @property
    def paid_until(self) -> date:
        return self.periods[-1].end

    def status(self, day: date) -> str:
        """L2."""
        if day < self.paid_until:
            return "active"
        return "suspended" if day < self.paid_until + GRACE else "ended"

    def ahead(self, day: date) -> list[Paid]:
        """The periods that are bought and have not begun (P2)."""
        return [period for period in self.periods if period.start > day]

    def buy(self, day: date, months: int, offer: str, os: str, prices: Prices) -> int:
        self.offer, self.os, self.anchor = offer, os, day.day
        self.monthly, self.revisions = {"solution": prices.solution(offer, os)}, {"solution": 1}
        return self._next(day, months)

    def renew(self, day: date, months: int, prices: Prices) -> int:
        """Every line at today's prices, from the end, or after it from the day that it is paid on (P2, L2)."""
        start = max(day, self.paid_until)
        if start > self.paid_until:
            self.anchor = start.day
        self.monthly = {"solution": prices.solution(self.offer, self.os)} | {
            type_: quantity * prices.units[type_] for type_, quantity in self.quantities.items()
        }
        self.revisions = {line: revision + 1 for line, revision in self.revisions.items()}
        whole = self._next(start, months)
        used = min(self.credit, whole)
        self.credit -= used
        return self._charged(whole - used)

    def switch(self, day: date, offer: str, os: str, prices: Prices) -> int:
        self.offer, self.os = offer, os
        price = self.monthly["solution"] = prices.solution(offer, os)
        self._moved("solution")
        return self._charged(
            sum(
                period.due("solution", max(period.bases["solution"], price), day)
                for period in self.periods
                if period.end > day
            )
        )

    def add(self, day: date, type_: str, quantity: int, prices: Prices) -> int:
        added = (quantity - self.quantities.get(type_, 0)) * prices.units[type_]
        self.quantities[type_] = quantity
        self.monthly[type_] = self.monthly.get(type_, 0) + added
        self._moved(type_)
        return self._charged(
            sum(
                period.due(type_, period.bases.get(type_, 0) + added, day)
                for period in self.periods
                if period.end > day
            )
        )

    def free_system(self, os: str, prices: Prices) -> None:
        """Another system that costs no more: nothing moves, and the next renewal is cheaper (C7)."""
        if prices.systems.get(os, 0) < prices.systems.get(self.os, 0):
            self.monthly["solution"] = min(self.monthly["solution"], prices.solution(self.offer, os))
        self.os = os

    def _next(self, start: date, months: int) -> int:
        self.periods.append(Paid(start, months_later(start, months, self.anchor), months, dict(self.monthly)))
        return sum(price * months for price in self.monthly.values())

    def _moved(self, line: str) -> None:
        self.revisions[line] = self.revisions.get(line, 0) + 1

    def _charged(self, amount: int) -> int:
        """P6."""
        if not 0 < amount < SMALLEST:
            return amount
        self.credit += SMALLEST - amount
        return SMALLEST


def _rounded(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))


def months_later(start: date, months: int, anchor: int) -> date:
    """The anchor's day of that month; the last day of a month that has no such day is the day before the next (P4)."""
    first = (start.replace(day=1) + timedelta(days=31 * months)).replace(day=1)
    while (first.year - start.year) * 12 + first.month - start.month > months:
        first = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=anchor - 1), following - timedelta(days=1))
