"""``qualit price``: what a new server, or a change of one, would cost on a day; nothing is stored."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import CommandError, JsonOption, print_json
from provider.cli.price_table import Answer, as_json_value, print_answer
from provider.cli.session import has_home, open_backend, open_catalogue, present
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from provider.backend.embedded import EmbeddedBackend
    from provider.backend.port import Quote
    from provider.commerce.contract import ResourceType
    from provider.commerce.estimate import Estimate
    from provider.commerce.refusal import Refusal
    from provider.resources.estimating import Wish


def price(
    server: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A server that you have; what is not named is kept.", show_default="a new server"
        ),
    ] = None,
    offer: Annotated[
        str | None, typer.Option(help="The offer, such as vps-2; required for a new server.", show_default=False)
    ] = None,
    os: Annotated[str | None, typer.Option(help="The operating system.", show_default="debian-12")] = None,
    term_months: Annotated[
        int | None,
        typer.Option(help="The duration of a new server or a renewal: 1, 3, 6 or 12 months.", show_default="1"),
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE=QUANTITY",
            help="The total of an additional resource, such as disk=50; may be given for each type.",
            show_default=False,
        ),
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="With the renewal of the server.")] = False,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day, such as 2026-12-24.", show_default="today")
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show what a new server or a change of one costs.

    At once and a month, line by line; for a change of a server that you have also how it falls from day to day.
    Nothing is ordered and no price is held: a plan does that.

    qualit price --offer vps-2 --term-months 3 --add disk=50

    qualit price --server web --offer vps-4 --on 2026-12-24
    """
    from provider.resources.estimating import Wish

    wish = Wish(offer, os, term_months, _additions(add or []), renew)
    day = _day(on)
    if server is None:
        answer = _new(wish, day)
    else:
        _check_change(wish)
        answer = _change(server, wish, day)
    if as_json:
        print_json(as_json_value(answer))
    else:
        print_answer(answer)


def _new(wish: Wish, day: date | None) -> Answer:
    """What a new server costs, from the catalogue alone: no home is opened."""
    from provider.resources.estimating import price_new

    if wish.offer is None:
        raise typer.BadParameter(
            "Missing. Say which offer a new server has, such as --offer vps-2, or which of yours is to be changed: "
            "--server NAME.",
            param_hint="--offer",
        )
    if wish.renew:
        raise typer.BadParameter("It needs the server that is to be renewed: --server NAME.", param_hint="--renew")
    today = present(load_configuration()).astimezone(UTC).date()
    return Answer(None, _allowed(price_new(open_catalogue(), wish, day or today, today)))


def _check_change(wish: Wish) -> None:
    if wish.months is not None and not wish.renew:
        raise typer.BadParameter(
            "The duration of a server that you have is the one of its next renewal, and changing it charges nothing "
            "(rule C6). For the price of the renewal add --renew.",
            param_hint="--term-months",
        )
    if wish.offer is None and wish.os is None and not wish.quantities and not wish.renew:
        raise typer.BadParameter(
            "Say what changes: --offer, --os, --add TYPE=QUANTITY, or --renew for its renewal.", param_hint="--server"
        )


def _change(name: str, wish: Wish, day: date | None) -> Answer:
    """What a change of a server costs, and what a plan holds of it already."""
    from provider.cli.renew import contract_of
    from provider.commerce.estimate import by_day
    from provider.resources.estimating import changes_of, permissions, price_change

    configuration = load_configuration()
    if not has_home(configuration):
        raise CommandError(
            f'There is no server "{name}"',
            f"There is no home at {configuration.home}: nothing was ordered from it. QUALIT_HOME says which is meant.",
        )
    with open_backend() as backend:
        now = backend.now()
        today = now.astimezone(UTC).date()
        day = day or today
        view = contract_of(backend, name)
        priced = _allowed(price_change(backend, view, wish, day, today))
        changes = changes_of(wish, view.contract, day)
        falling = () if wish.renew else tuple(by_day(priced.catalogue, view.contract, changes, day))
        held = _held(backend, priced, now) if day == today else ()
        return Answer(view.name, priced, falling, held, permissions(backend, view, priced))


def _held(backend: EmbeddedBackend, priced: Estimate, now: datetime) -> tuple[Quote, ...]:
    """The prices that plans hold for what was priced, where they are other ones: those would be charged (P5)."""
    found = ((proposal, backend.find_quote(proposal)) for proposal in priced.proposals)
    return tuple(
        quote
        for proposal, quote in found
        if quote is not None and quote.expires_at > now and quote.proposal.amount != proposal.amount
    )


def _allowed(outcome: Estimate | tuple[Refusal, ...]) -> Estimate:
    if isinstance(outcome, tuple):
        raise _refused(outcome)
    return outcome


def _refused(refusals: Sequence[Refusal]) -> CommandError:
    first, *others = refusals
    further = [f"\n{refusal.summary} (rule {refusal.rule})\n{refusal.detail}" for refusal in others]
    return CommandError(f"{first.summary} (rule {first.rule})", "\n".join([first.detail, *further]))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    from provider.resources.checks import parse_day

    day = parse_day(text)
    if day is None:
        raise typer.BadParameter(
            f'"{text}" is not a day. Write year, month and day, such as 2026-12-24.', param_hint="--on"
        )
    return day


def _additions(texts: list[str]) -> dict[ResourceType, int]:
    additions = [_addition(text) for text in texts]
    types = [kind for kind, _ in additions]
    twice = sorted({kind for kind in types if types.count(kind) > 1})
    if twice:
        raise typer.BadParameter(
            f"{', '.join(twice)} is given twice; a quantity is the server's total of its type.", param_hint="--add"
        )
    return dict(additions)


def _addition(text: str) -> tuple[ResourceType, int]:
    from provider.commerce.contract import RESOURCE_TYPES

    kind, _, quantity = text.partition("=")
    if kind not in RESOURCE_TYPES or not (quantity.isascii() and quantity.isdigit()) or int(quantity) == 0:
        raise typer.BadParameter(
            f'"{text}" is no additional resource. Write TYPE=QUANTITY with a whole quantity, such as disk=50; '
            f"the types are {', '.join(RESOURCE_TYPES)}.",
            param_hint="--add",
        )
    return kind, int(quantity)
