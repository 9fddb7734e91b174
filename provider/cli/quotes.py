"""``qualit quotes``: the prices that are held for plans (P5), and how to drop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import Column, JsonOption, instant, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import HeldQuote

app = typer.Typer(no_args_is_help=True)


@app.callback()
def quotes() -> None:
    """List or drop the prices that plans hold."""


@app.command("list")
def list_(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List the quotes that no order has used.

    Oldest first. An apply of the plan that holds one pays exactly its amount until it expires; after that only while
    the price is still the same. One that was overtaken can never be ordered: its line was changed after the plan.
    """
    with open_backend() as backend:
        held = backend.held_quotes()
    if as_json:
        print_json([_as_json(each) for each in held])
        return
    if not held:
        print_text("No price is held: a plan that charges something holds one.")
        return
    print_table(
        [
            Column("Quote"),
            Column("Server"),
            Column("What"),
            Column("Amount", "right"),
            Column("Planned"),
            Column("Honoured until"),
            Column("Today", "right"),
        ],
        [_row(each) for each in held],
    )
    if any(_is_cheaper(each) for each in held):
        print_text("\nWhere today's price is lower: qualit quotes drop QUOTE, then plan again.")


@app.command()
def drop(
    context: typer.Context,
    quotes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUOTE",
            help="The quotes' ids, as the plan shows them in `charge` and `qualit quotes list`.",
            show_default=False,
        ),
    ] = None,
    expired: Annotated[bool, typer.Option("--expired", help="Those that are not honoured any more.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All that no order has used.")] = False,
) -> None:
    """Drop quotes that no order has used.

    The next plan of the same change shows and holds the price of its own day. A saved plan of it can be applied only
    while that is the same price.
    """
    if bool(quotes) + expired + every != 1:
        raise typer.BadParameter("Name the quotes, or give --expired or --all.", ctx=context)
    with open_backend() as backend:
        if quotes:
            wanted = list(dict.fromkeys(quotes))
        else:
            wanted = [each.quote.id for each in backend.held_quotes() if every or each.state != "held"]
        backend.drop_quotes(wanted)
    if not wanted:
        print_text("No price is held, so none was dropped." if every else "No quote has expired, so none was dropped.")
        return
    which, are = ", ".join(wanted), "is" if len(wanted) == 1 else "are"
    print_text(f"{which} {are} dropped: plan again for today's price.")


def _row(each: HeldQuote) -> list[str]:
    quote = each.quote
    until = {"held": instant(quote.expires_at), "expired": f"expired {instant(quote.expires_at)}"}
    return [
        quote.id,
        each.name or "",
        each.description,
        money(quote.proposal.amount, quote.proposal.currency),
        instant(quote.created_at),
        until.get(each.state, "overtaken"),
        _today(each),
    ]


def _today(each: HeldQuote) -> str:
    if each.today is None:
        return "" if each.state == "overtaken" else "not sold"
    return "the same" if each.today == each.quote.proposal.amount else money(each.today, each.quote.proposal.currency)


def _is_cheaper(each: HeldQuote) -> bool:
    return each.state == "held" and each.today is not None and each.today < each.quote.proposal.amount


def _as_json(each: HeldQuote) -> dict[str, object]:
    quote, proposal = each.quote, each.quote.proposal
    return {
        "id": quote.id,
        "server": each.name,
        "contract": proposal.contract_id,
        "line": proposal.line,
        "description": each.description,
        "amount": proposal.amount,
        "currency": proposal.currency,
        "lines": [{"description": line.description, "amount": line.amount} for line in proposal.lines],
        "planned_at": quote.created_at,
        "honoured_until": quote.expires_at,
        "state": each.state,
        "amount_today": each.today,
    }
