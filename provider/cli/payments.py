"""``qualit payments``: what the payment gateway knows, and how to confirm a payment in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import Column, CommandError, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_backend
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from provider.backend.port import PaymentView

app = typer.Typer()


@app.callback(invoke_without_command=True)
def payments(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your payments, or confirm one.

    Oldest first, as the payment gateway knows them.
    """
    if context.invoked_subcommand:
        return
    views = open_backend().payments()
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
    """Confirm a payment that waits for 3-D Secure, as the customer does at the bank. In the sandbox only."""
    from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
    from provider.platform.payments.sandbox import GATEWAY_FILE, SandboxGateway

    home = load_configuration().home
    if not (home / GATEWAY_FILE).exists():
        raise CommandError(
            "No sandbox gateway here", f"{home} has no sandbox gateway: nothing was paid from this home."
        )
    try:
        intent = SandboxGateway(home).confirm_as_customer(payment)
    except GatewayRefusedError as error:
        raise CommandError("The payment was not confirmed", f"The gateway says: {error}.") from error
    except GatewayUnavailableError as error:
        raise CommandError("The gateway cannot be reached", str(error)) from error
    print_text(
        f"{intent.id} over {intent.amount} is {intent.status}. Apply the same configuration again: it goes on with "
        f"the order {intent.order_id} and pays nothing more."
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
