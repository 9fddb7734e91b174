"""``qualit orders``: the orders of the account, and how to cancel one that is not paid (L4), or not delivered (N3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import Column, JsonOption, instant, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import OrderView

CANCEL_SECONDS = 600.0
"""How long a delivery may take, for an order that turns out to be paid."""

app = typer.Typer()


@app.callback(invoke_without_command=True)
def orders(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your orders, or cancel one.

    Oldest first, with what was paid and given back for each.
    """
    if context.invoked_subcommand:
        return
    with open_backend() as backend:
        views = backend.orders()
    if as_json:
        print_json([_as_json(view) for view in views])
        return
    if not views:
        print_text("You have no orders.")
        return
    print_table(
        [
            Column("Order"),
            Column("Placed"),
            Column("Kind"),
            Column("Server"),
            Column("What"),
            Column("Status"),
            Column("Amount", "right"),
            Column("Refunded", "right"),
        ],
        [_row(view) for view in views],
    )
    for view in views:
        if view.status == "action_required" and view.action_url:
            print_text(f"\n{view.id} waits for you to confirm its payment at {view.action_url}")
        elif view.failure:
            print_text(f"\n{view.id} is {view.status}. {view.failure}")


@app.command()
def cancel(order: Annotated[str, typer.Argument(help="The order's id, as `qualit orders` shows it.")]) -> None:
    """Cancel an order that is not paid.

    Its payment is cancelled with it. An order that was paid meanwhile is delivered. One that was paid and waits for its
    host is given up and refunded in full.
    """
    with open_backend() as backend:
        view = backend.cancel_order(order, timeout_seconds=CANCEL_SECONDS)
    if view.status == "cancelled":
        print_text(f"{view.id} is cancelled: {money(view.amount, view.currency)} for {view.server} was not charged.")
    elif view.status in ("refunding", "refunded"):
        is_ = "was refunded in full" if view.status == "refunded" else "is being refunded"
        print_text(f"{view.id} is given up: {money(view.amount, view.currency)} for {view.server} {is_}.")
    else:
        print_text(f"{view.id} was paid meanwhile: it is {view.status}.")


def _as_json(view: OrderView) -> dict[str, object]:
    return {
        "id": view.id,
        "kind": view.kind,
        "server": view.server,
        "contract": view.contract_id,
        "line": view.line,
        "description": view.description,
        "status": view.status,
        "amount": view.amount,
        "refunded": view.refunded,
        "currency": view.currency,
        "lines": [{"description": line.description, "amount": line.amount} for line in view.lines],
        "placed_at": view.placed_at,
        "quote_id": view.quote_id,
        "failure": view.failure,
        "action_url": view.action_url,
    }


def _row(view: OrderView) -> list[str]:
    return [
        view.id,
        instant(view.placed_at),
        view.kind,
        view.server,
        view.description,
        view.status,
        money(view.amount, view.currency),
        money(view.refunded, view.currency) if view.refunded else "",
    ]
