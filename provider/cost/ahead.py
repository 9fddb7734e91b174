"""The payments of the months ahead, at the prices that are known today: what is paid now, and each renewal (P2, L1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from provider.commerce.calendar import end_of_period
from provider.commerce.lifecycle import renews_at
from provider.cost.model import ZERO, Side
from provider.cost.report import Report, Server
from provider.cost.words import title
from provider.money import round_cents

MONTHS = 12
"""How many months are shown, the one of today first."""


@dataclass(frozen=True, slots=True)
class Month:
    """What is paid in a calendar month in one currency, without the change and with it."""

    first: date
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """The months of one currency. ``left_out`` names the servers whose payments cannot be told."""

    currency: str
    months: tuple[Month, ...]
    left_out: tuple[str, ...]


def outlooks(report: Report) -> tuple[Outlook, ...]:
    """An outlook for each currency in which something is paid."""
    currencies = sorted({resource.currency for resource in report.resources if resource.currency})
    return tuple(_outlook(report, currency) for currency in currencies)


def _outlook(report: Report, currency: str) -> Outlook:
    firsts = [end_of_period(report.today.replace(day=1), months, 1) for months in range(MONTHS)]
    before = dict.fromkeys(firsts, ZERO)
    after = dict.fromkeys(firsts, ZERO)
    left_out = []
    end = end_of_period(firsts[0], MONTHS, 1)
    for server in report.servers:
        if server.currency != currency:
            continue
        # What a currency's server pays now is known as far as its parts are.
        after[firsts[0]] += sum((each.due_now for each in server.resources if each.due_now), ZERO)
        renewals = [(before, _renewals(server, [each.before for each in server.resources], report.today, end))]
        renewals.append((after, _renewals(server, [each.after for each in server.resources], report.today, end)))
        for payments, bought in renewals:
            for day, amount in bought or ():
                payments[max(day, report.today).replace(day=1)] += amount
        if any(bought is None for _, bought in renewals):
            left_out.append(title(server, report))
    months = tuple(Month(first, before[first], after[first]) for first in firsts)
    return Outlook(currency, months, tuple(left_out))


def _renewals(
    server: Server, sides: Sequence[Side | None], today: date, end: date
) -> list[tuple[date, Decimal]] | None:
    """The renewals of a contract until ``end``: none where it does not renew itself, None where they cannot be told."""
    existing = [side for side in sides if side is not None]
    if not existing:
        return []
    contract = next((side for side in existing if side.term_months), None)
    prices = [side.monthly for side in existing]
    if contract is None or contract.term_months is None or None in prices:
        return None
    if not contract.auto_renew:
        return []
    months, paid_until = contract.term_months, contract.paid_until
    if paid_until is None and all(each.action == "create" for each in server.resources if each.kind != "resource"):
        paid_until = end_of_period(today, months, today.day)
    if paid_until is None or paid_until < today:
        return None
    amount = round_cents(sum((price for price in prices if price), ZERO) * months)
    return list(_until(end, paid_until, months, amount))


def _until(end: date, paid_until: date, months: int, amount: Decimal) -> Iterator[tuple[date, Decimal]]:
    anchor = paid_until.day
    while (day := renews_at(paid_until).date()) < end:
        yield day, amount
        paid_until = end_of_period(paid_until, months, anchor)
