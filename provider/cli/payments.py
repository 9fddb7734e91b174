"""``qualit payments``: what the payment gateway knows; and in the sandbox, what customers and their banks do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.listen import listen
from provider.cli.output import Column, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import PaymentView

app = typer.Typer()
app.command()(listen)

PaymentArgument = typer.Argument(help="The payment's id, as `qualit payments` shows it.")


class Outcome(StrEnum):
    """What a bank can decide, as the seller sees it."""

    WON = "won"
    LOST = "lost"


@app.callback(invoke_without_command=True)
def payments(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your payments, or do what the customer's bank does.

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
            Column("Dispute"),
        ],
        [
            [
                view.id,
                view.order,
                view.status,
                money(view.amount, view.currency),
                money(view.refunded, view.currency) if view.refunded else "",
                view.dispute or "",
            ]
            for view in views
        ],
    )


@app.command()
def confirm(payment: Annotated[str, PaymentArgument]) -> None:
    """Confirm a payment that waits for 3-D Secure.

    As the customer does at the bank; in the sandbox only.
    """
    with open_backend() as backend:
        backend.confirm_payment(payment)
    print_text(
        f"{payment} is confirmed. Apply the same configuration again: it goes on with the order and pays nothing more."
    )


@app.command()
def fail(payment: Annotated[str, PaymentArgument]) -> None:
    """Let a payment that waits for 3-D Secure fail it.

    As a customer does who is not the owner of the card; in the sandbox only.
    """
    with open_backend() as backend:
        backend.fail_payment(payment)
    print_text(f"{payment} is declined: nothing is charged, and everything stays as it was. Apply again to see it.")


@app.command()
def dispute(
    payment: Annotated[str, PaymentArgument],
    outcome: Annotated[
        Outcome | None, typer.Option(help="Decide the dispute that is open: `won` leaves you the money.")
    ] = None,
) -> None:
    """Dispute a payment, or decide its dispute.

    As the customer's bank does; in the sandbox only. The server of a disputed payment is suspended.
    """
    with open_backend() as backend:
        backend.dispute_payment(payment, outcome.value if outcome else None)
    follows = {
        None: "Its server is suspended, and nothing can be ordered for it until the bank has decided",
        Outcome.WON: "Its server comes back as its customer had it",
        Outcome.LOST: "Its server stays suspended and ends after its grace",
    }[outcome]
    print_text(
        f"{payment} is disputed{f', and the dispute is {outcome.value}' if outcome else ''}. {follows}, as soon as a "
        "worker hears of it; `qualit reconcile` does it now."
    )


def _as_json(view: PaymentView) -> dict[str, object]:
    return {
        "id": view.id,
        "order": view.order,
        "status": view.status,
        "amount": view.amount,
        "refunded": view.refunded,
        "currency": view.currency,
        "dispute": view.dispute,
    }
