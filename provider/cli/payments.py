"""``qualit payments``: what the payment gateway knows, and how to confirm a payment in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.listen import listen
from provider.cli.output import Column, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import PaymentView

app = typer.Typer()
app.command()(listen)


@app.callback(invoke_without_command=True)
def payments(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your payments, or confirm one.

    Oldest first, as the payment gateway knows them.
    """
    if context.invoked_subcommand:
        return
    with open_backend() as backend:
        views = backend.payments()
    if as_json:
        print_json([_as_json(view) for view in views])
        return
    if not views:
        print_text("The payment gateway knows no payments of this home.")
        return
    print_table(
        [
            Column("Payment"),
            Column("Order"),
            Column("Status"),
            Column("Amount", "right"),
            Column("Refunded", "right"),
        ],
        [
            [
                view.id,
                view.order,
                view.status,
                money(view.amount, view.currency),
                money(view.refunded, view.currency) if view.refunded else "",
            ]
            for view in views
        ],
    )


@app.command()
def confirm(payment: Annotated[str, typer.Argument(help="The payment's id, as `qualit payments` shows it.")]) -> None:
    """Confirm a payment that waits for 3-D Secure.

    As the customer does at the bank; in the sandbox only.
    """
    with open_backend() as backend:
        backend.confirm_payment(payment)
    print_text(
        f"{payment} is confirmed. Apply the same configuration again: it goes on with the order and pays nothing more."
    )


def _as_json(view: PaymentView) -> dict[str, object]:
    return {
        "id": view.id,
        "order": view.order,
        "status": view.status,
        "amount": view.amount,
        "refunded": view.refunded,
        "currency": view.currency,
    }
