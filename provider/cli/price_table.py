"""How ``qualit price`` answers: tables and sentences for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.cli.catalogue import print_unit_prices
from provider.cli.output import Column, instant, money, print_table, print_text

if TYPE_CHECKING:
    from provider.backend.port import Quote
    from provider.commerce.estimate import Estimate

SHOWN_DAYS = 6
"""How many days of a falling price people are shown; programs get all of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was priced. ``server`` is None for a new one; ``falling`` is the price of the same change day by day,
    ``held`` the other prices that plans hold for it, ``requires`` what has to be allowed and why."""

    server: str | None
    priced: Estimate
    falling: tuple[tuple[date, Decimal], ...] = ()
    held: tuple[Quote, ...] = ()
    requires: Mapping[str, str] = field(default_factory=dict)


def as_json_value(answer: Answer) -> dict[str, object]:
    """What programs read."""
    priced = answer.priced
    return {
        "server": answer.server,
        "on": priced.day,
        "monthly_price_before": priced.monthly_price_before,
        "monthly_price": priced.monthly_price,
        "due_now": priced.due_now,
        "currency": priced.catalogue.currency,
        "vat_percent": priced.catalogue.vat_percent,
        "vat_contained": priced.vat_contained,
        "paid_until": priced.after.paid_until,
        "lines": [
            {"line": proposal.line, "description": line.description, "amount": line.amount}
            for proposal in priced.proposals
            for line in proposal.lines
        ],
        "by_day": [{"on": day, "due_now": amount} for day, amount in answer.falling],
        "held": [
            {"quote": quote.id, "line": quote.proposal.line, "amount": quote.proposal.amount, "until": quote.expires_at}
            for quote in answer.held
        ],
        "requires": list(answer.requires),
        "unit_prices": {entry.type: entry.unit_price for entry in priced.catalogue.additional_resources},
    }


def print_answer(answer: Answer) -> None:
    """Print what people read."""
    if answer.server is None:
        _print_new(answer.priced)
    else:
        _print_change(answer.server, answer)
    print_text("Nothing was ordered and no price is held: a plan does that.\n")
    print_unit_prices(answer.priced.catalogue)


def _print_new(priced: Estimate) -> None:
    rows = []
    for proposal in priced.proposals:
        monthly = money(proposal.monthly_price)
        for line in proposal.lines:
            rows.append([line.description, monthly, money(line.amount)])
            monthly = ""
    rows.append(["Total", money(priced.monthly_price), money(priced.due_now)])
    currency = priced.catalogue.currency
    print_table(
        [Column("New server"), Column(f"Monthly {currency}", "right"), Column(f"Due now {currency}", "right")],
        rows,
        last_is_total=True,
    )
    print_text(f"\nOrdered on {priced.day}, it is paid until {priced.after.paid_until}. {_vat(priced)}")


def _print_change(server: str, answer: Answer) -> None:
    priced = answer.priced
    currency = priced.catalogue.currency
    lines = [line for proposal in priced.proposals for line in proposal.lines]
    rows = [[line.description, money(line.amount)] for line in lines]
    print_table(
        [Column(f"{server} on {priced.day}"), Column(f"Due {currency}", "right")],
        [*rows, ["Total", money(priced.due_now)]],
        last_is_total=True,
    )
    if not priced.proposals:
        print_text(f"\nNothing is due: {server} has all of this, or it is included.")
    before, after = priced.monthly_price_before, priced.monthly_price
    monthly = f"{money(before)} → {money(after, currency)} ({after - before:+.2f})" if before != after else "unchanged"
    print_text(f"\nA month: {monthly}. {server} is then paid until {priced.after.paid_until}.")
    for why in answer.requires.values():
        print_text(why)
    if priced.due_now:
        print_text(_vat(priced))
    for quote in answer.held:
        print_text(
            f"A plan holds {money(quote.proposal.amount, currency)} for this change of the line {quote.proposal.line} "
            f"until {instant(quote.expires_at)}, and that is what would be charged. For the price above: qualit quotes "
            f"drop {quote.id}"
        )
    if priced.due_now and len(answer.falling) > 1:
        print_text("")
        print_table(
            [Column("The same change, ordered on"), Column(f"Due {currency}", "right")],
            [[f"{day}", money(amount)] for day, amount in _some(answer.falling)],
        )
        print_text("")


def _vat(priced: Estimate) -> str:
    catalogue = priced.catalogue
    contained = money(priced.vat_contained, catalogue.currency)
    return f"The amount due contains {contained} VAT ({catalogue.vat_percent} %)."


def _some(falling: Sequence[tuple[date, Decimal]]) -> list[tuple[date, Decimal]]:
    """Days spread evenly over all of them, the first and the last among them."""
    last = len(falling) - 1
    steps = min(SHOWN_DAYS - 1, last)
    return [falling[round(step * last / steps)] for step in range(steps + 1)]
