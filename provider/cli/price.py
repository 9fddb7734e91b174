"""``qualit price``: what a new server would cost, computed with the pure commerce; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.catalogue import print_unit_prices
from provider.cli.output import Column, CommandError, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_catalogue, present
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from provider.commerce.catalogue import Catalogue
    from provider.commerce.change import Change, SetQuantity
    from provider.commerce.contract import Contract
    from provider.commerce.proposal import Proposal
    from provider.commerce.refusal import Refusal

_UNBOUGHT = "price"
"""Stands for the ids of the contract and the orders, which nothing of a price depends on."""


@dataclass(frozen=True, slots=True)
class Basket:
    """A new contract with its additions, each priced as the order that it would be."""

    proposals: tuple[Proposal, ...]
    catalogue: Catalogue

    @property
    def due_now(self) -> Decimal:
        return sum((proposal.amount for proposal in self.proposals), Decimal("0.00"))

    @property
    def monthly_price(self) -> Decimal:
        return sum((proposal.monthly_price for proposal in self.proposals), Decimal("0.00"))

    @property
    def vat_contained(self) -> Decimal:
        from provider.commerce.pricing import contained_vat

        return contained_vat(self.due_now, self.catalogue.vat_percent)


def price(
    offer: Annotated[str, typer.Option(help="The offer, such as vps-2.")],
    os: Annotated[str, typer.Option(help="The operating system.")] = "debian-12",
    term_months: Annotated[int, typer.Option(help="The duration: 1, 3, 6 or 12 months.")] = 1,
    add: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE=QUANTITY",
            help="An additional resource, such as disk=50; may be given for each type.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show what a new server costs.

    A month and at once, line by line. Nothing is ordered and no price is held: a plan does that.
    """
    from provider.commerce.change import NewContract

    sold = open_catalogue()
    at = present(load_configuration())
    basket = _price(sold, [NewContract(offer, os, term_months), *_additions(add or [])], at)
    if as_json:
        print_json(_as_json(basket))
    else:
        _print(basket)


def _additions(texts: list[str]) -> list[SetQuantity]:
    additions = [_addition(text) for text in texts]
    types = [addition.type for addition in additions]
    twice = sorted({type_ for type_ in types if types.count(type_) > 1})
    if twice:
        raise typer.BadParameter(
            f"{', '.join(twice)} is given twice; a quantity is the server's total of its type.", param_hint="--add"
        )
    return additions


def _addition(text: str) -> SetQuantity:
    from provider.commerce.change import SetQuantity
    from provider.commerce.contract import RESOURCE_TYPES

    kind, _, quantity = text.partition("=")
    if kind not in RESOURCE_TYPES or not (quantity.isascii() and quantity.isdigit()) or int(quantity) == 0:
        raise typer.BadParameter(
            f'"{text}" is no additional resource. Write TYPE=QUANTITY with a whole quantity, such as disk=50; '
            f"the types are {', '.join(RESOURCE_TYPES)}.",
            param_hint="--add",
        )
    return SetQuantity(kind, int(quantity))


def _price(sold: Catalogue, changes: Sequence[Change], at: datetime) -> Basket:
    """Price a new contract, then each addition on the contract that it would be bought for.

    Raises:
        CommandError: a rule does not allow it.
    """
    from provider.commerce.proposal import Proposal, accept, propose

    contract: Contract | None = None
    proposals: list[Proposal] = []
    for change in changes:
        outcome = propose(sold, _UNBOUGHT, contract, change, at.date())
        if not isinstance(outcome, Proposal):
            raise _refused(outcome)
        proposals.append(outcome)
        contract = accept(contract, outcome, at=at, order_id=_UNBOUGHT)
    return Basket(tuple(proposals), sold)


def _refused(refusals: Sequence[Refusal]) -> CommandError:
    first, *others = refusals
    further = [f"\n{refusal.summary} (rule {refusal.rule})\n{refusal.detail}" for refusal in others]
    return CommandError(f"{first.summary} (rule {first.rule})", "\n".join([first.detail, *further]))


def _as_json(basket: Basket) -> dict[str, object]:
    return {
        "monthly_price": basket.monthly_price,
        "due_now": basket.due_now,
        "currency": basket.catalogue.currency,
        "vat_percent": basket.catalogue.vat_percent,
        "vat_contained": basket.vat_contained,
        "lines": [
            {"line": proposal.line, "description": line.description, "amount": line.amount}
            for proposal in basket.proposals
            for line in proposal.lines
        ],
        "unit_prices": {entry.type: entry.unit_price for entry in basket.catalogue.additional_resources},
    }


def _print(basket: Basket) -> None:
    rows = []
    for proposal in basket.proposals:
        monthly = money(proposal.monthly_price)
        for line in proposal.lines:
            rows.append([line.description, monthly, money(line.amount)])
            monthly = ""
    rows.append(["Total", money(basket.monthly_price), money(basket.due_now)])
    sold = basket.catalogue
    print_table(
        [
            Column("New server"),
            Column(f"Monthly {sold.currency}", "right"),
            Column(f"Due now {sold.currency}", "right"),
        ],
        rows,
        last_is_total=True,
    )
    print_text(f"\nThe amount due contains {money(basket.vat_contained, sold.currency)} VAT ({sold.vat_percent} %).")
    print_text("Nothing was ordered and no price is held: a plan does that.\n")
    print_unit_prices(sold)
