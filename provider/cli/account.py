"""``qualit account``: the customer's data as they stand on receipts, the spending limit (P9), and how to set both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import JsonOption, money, print_json, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.commerce.spending import Spending

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
    """Show or set who you are, and what you may spend.

    Receipts that were written keep what they say of you.
    """
    if context.invoked_subcommand:
        return
    with open_backend() as backend:
        account_id, data, spending = backend.account().id, backend.account_data(), backend.spending()
    values = {name: getattr(data, name, "") for name in TITLES}
    if as_json:
        print_json(
            {
                "id": account_id,
                **{name: value or None for name, value in values.items()},
                "spending": _spending_as_json(spending),
            }
        )
        return
    rows = [("Account", account_id), *((TITLES[name], value) for name, value in values.items() if value)]
    print_text("\n".join(f"{title:<12} {value}" for title, value in rows))
    if data is None:
        print_text("\nYour receipts name the account alone. `qualit account set` puts your name and address on them.")
    print_text(f"\n{_in_words(spending)}")


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


@app.command("spending-limit", context_settings={"ignore_unknown_options": True})
def spending_limit(
    context: typer.Context,
    amount: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="AMOUNT",
            help="What the orders of one calendar month (UTC) may charge in all, such as 200.00; 0 lets nothing be "
            "bought.",
            show_default=False,
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the limit away.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show, set or remove the spending limit of the account.

    It bounds what all orders of a month charge, renewals included, whoever places them (rule P9): what is above it is
    refused when planning, and again before it is paid. A configuration cannot change it. What is spent already, and an
    order that is placed, stay as they are.
    """
    if amount and remove:
        raise typer.BadParameter("Give an amount, or --remove, and not both.", ctx=context)
    with open_backend() as backend:
        if amount or remove:
            # A currency may follow, and a shell may have split it off.
            backend.set_spending_limit(None if remove else " ".join(amount or ()))
        spending = backend.spending()
    if as_json:
        print_json(_spending_as_json(spending))
    else:
        print_text(_in_words(spending))


def _in_words(spending: Spending) -> str:
    month, currency = f"{spending.month:%B %Y}", spending.currency
    gone = f"{money(spending.spent, currency)} spent in {month} (UTC)"
    if spending.held:
        gone = f"{gone}, {money(spending.held, currency)} held by orders that are not paid yet"
    if spending.limit is None or spending.left is None:
        return f"No spending limit: {gone}. `qualit account spending-limit AMOUNT` sets one."
    return f"Spending limit {money(spending.limit, currency)} a month: {gone}, {spending.left} left."


def _spending_as_json(spending: Spending) -> dict[str, object]:
    return {
        "month": f"{spending.month:%Y-%m}",
        "limit": spending.limit,
        "spent": spending.spent,
        "held": spending.held,
        "left": None if spending.left is None else spending.left.amount,
        "currency": spending.currency,
    }
