"""``qualit account``: the customer's data as they stand on receipts, and how to set them."""

from __future__ import annotations

from typing import Annotated

import typer

from provider.cli.output import JsonOption, print_json, print_text
from provider.cli.session import open_backend

TITLES = {
    "name": "Name",
    "company": "Company",
    "street": "Street",
    "postal_code": "Postal code",
    "city": "City",
    "country": "Country",
    "vat_id": "VAT id",
    "email": "E-mail",
}

app = typer.Typer()


@app.callback(invoke_without_command=True)
def account(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """Show what your receipts say of you, or set it.

    Receipts that were written keep what they say.
    """
    if context.invoked_subcommand:
        return
    with open_backend() as backend:
        account_id, data = backend.account().id, backend.account_data()
    values = {name: getattr(data, name, "") for name in TITLES}
    if as_json:
        print_json({"id": account_id, **{name: value or None for name, value in values.items()}})
        return
    rows = [("Account", account_id), *((TITLES[name], value) for name, value in values.items() if value)]
    print_text("\n".join(f"{title:<12} {value}" for title, value in rows))
    if data is None:
        print_text("\nYour receipts name the account alone. `qualit account set` puts your name and address on them.")


@app.command("set")
def set_(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="Your name.", show_default=False)] = None,
    company: Annotated[str | None, typer.Option(help="The company that buys.", show_default=False)] = None,
    street: Annotated[str | None, typer.Option(help="Street and number.", show_default=False)] = None,
    postal_code: Annotated[str | None, typer.Option(help="The postal code.", show_default=False)] = None,
    city: Annotated[str | None, typer.Option(help="The city.", show_default=False)] = None,
    country: Annotated[
        str | None, typer.Option(help="The country's code of two letters, such as DE.", show_default=False)
    ] = None,
    vat_id: Annotated[
        str | None,
        typer.Option(help="The VAT id, such as DE136695976; its check digits are checked.", show_default=False),
    ] = None,
    email: Annotated[str | None, typer.Option(help="Where questions go to.", show_default=False)] = None,
) -> None:
    """Set what your receipts say of you.

    What is not named stays as it is; an empty text takes it away. Receipts that were written are not changed.
    """
    wanted = {
        "name": name,
        "company": company,
        "street": street,
        "postal_code": postal_code,
        "city": city,
        "country": country,
        "vat_id": vat_id,
        "email": email,
    }
    changes = {key: value for key, value in wanted.items() if value is not None}
    if not changes:
        raise typer.BadParameter("Name what to set, such as --name or --vat-id; see --help.", ctx=context)
    with open_backend() as backend:
        backend.set_account_data(changes)
    print_text("It stands on every receipt from now on; those that were written keep what they say.")
