"""``qualit payment-methods``: the saved payment methods of the account, and which one is the default (S5)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import (
    Column,
    CommandError,
    JsonOption,
    print_json,
    print_table,
    print_text,
    print_warning,
)
from provider.cli.session import open_backend
from provider.configuration import ENVIRONMENT, load_configuration

if TYPE_CHECKING:
    from provider.backend.embedded import EmbeddedBackend
    from provider.backend.port import ContractView, SavedMethod

SETTING = ENVIRONMENT["payment_method"]

app = typer.Typer()
MethodArgument = typer.Argument(
    metavar="METHOD", help="The method's id, as `qualit payment-methods` shows it.", show_default=False
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A saved method with what a customer asks about it. ``unusable`` is why nothing can be paid with it."""

    method: SavedMethod
    is_default: bool
    unusable: str | None
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A contract that a method pays for, by the name of the server that runs on it."""

    name: str
    contract: ContractView

    @property
    def words(self) -> str:
        """What the contract waits for its method to do."""
        from provider.backend.port import UNPAID

        view = self.contract
        if any(order.kind == "new" and order.status in UNPAID for order in view.open_orders):
            return f"{self.name} is being bought"
        paid = f"{self.name} is paid until {view.contract.paid_until}"
        return f"{paid} and renews by itself" if view.auto_renew else f"{paid} and does not renew by itself"


@app.callback(invoke_without_command=True)
def payment_methods(context: typer.Context, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List, add or remove saved payment methods.

    Visa, MasterCard, American Express and PayPal pay at once. What names no payment method of its own is paid with the
    default one, which `default` chooses. Card numbers are for the payment gateway only: no command takes one.
    """
    if context.invoked_subcommand is None:
        _list(as_json=as_json)


@app.command("list")
def list_methods(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List the saved payment methods.

    With what can be paid with each, and which servers it pays for.
    """
    _list(as_json=as_json)


@app.command()
def add(
    method: Annotated[
        str | None,
        typer.Argument(
            metavar="TEST-METHOD",
            help="In the sandbox: the test method to save, such as test-visa.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Save a payment method.

    Shows the payment gateway's page on which you enter it. The sandbox has no such page: it saves the test method that
    you name.
    """
    with open_backend() as backend:
        begun = backend.set_up_payment_method(method)
        has_default = backend.account().default_payment_method is not None
    if as_json:
        print_json({"url": begun.url, "method": begun.method.id if begun.method else None})
        return
    if begun.url is not None:
        print_text(
            f"Open this page and enter the card or the PayPal account there:\n\n{begun.url}\n\n"
            "Nothing is charged, and the number goes to the payment gateway only. When you are done, `qualit "
            "payment-methods` lists what was saved."
        )
    if begun.method is not None:
        print_text(f"{begun.method.id} is saved: {begun.method.label}.")
        if not has_default:
            print_text(f"To pay with it wherever none is named: qualit payment-methods default {begun.method.id}")


@app.command()
def remove(
    method: Annotated[str, MethodArgument],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove it without asking, also where servers are paid with it.")
    ] = False,
) -> None:
    """Remove a saved payment method.

    Nothing more is charged to it; what was charged can still be refunded. Asks first when servers are paid with it:
    they keep running until the end of their paid time and are not renewed with it.
    """
    with open_backend() as backend:
        uses = next((each.uses for each in _listed(backend) if each.method.id == method), ())
        was_default = backend.own_default() == method
        if uses:
            _confirm(method, uses, yes=yes)
        backend.remove_payment_method(method)
    print_text(f"{method} is removed: nothing more is charged to it.")
    if was_default:
        print_text(
            "It was the default one; the account has none now. `qualit payment-methods default METHOD` sets one."
        )


@app.command()
def default(
    method: Annotated[str | None, MethodArgument] = None,
    none: Annotated[bool, typer.Option("--none", help="Have no default any more.")] = False,
) -> None:
    """Choose the default payment method, or show it.

    It pays for every new server and order that names no payment method itself. What is bought already keeps its own.
    """
    if none and method is not None:
        raise typer.BadParameter("Name a method, or write --none, not both.")
    with open_backend() as backend:
        if none or method is not None:
            backend.choose_default_payment_method(method)
        chosen = backend.own_default()
    print_text(f"{chosen} is the default payment method." if chosen else "There is no default payment method.")
    setting = load_configuration().payment_method
    if setting is not None and setting != chosen:
        # Not repeated: a program may have put anything there (N8).
        print_warning(f"{SETTING} names another one, and wins here.")


def _list(*, as_json: bool) -> None:
    with open_backend() as backend:
        methods = _listed(backend)
        wished = backend.account().default_payment_method
        saved = {each.method.id for each in methods}
        lost = [use.name for method, uses in _uses(backend).items() if method not in saved for use in uses]
    if lost:
        print_warning(
            f"The payment method of {', '.join(lost)} is not saved any more, so nothing is renewed with it: write "
            "another payment_method and apply that."
        )
    if as_json:
        print_json([_as_json(each) for each in methods])
        return
    if not methods:
        print_text("You have no saved payment methods. Save one with `qualit payment-methods add`.")
        return
    titles = ("Method", "Kind", "Label", "Good until", "Default", "Usable", "Pays for")
    print_table([Column(title) for title in titles], [_row(each) for each in methods])
    if wished is None:
        print_text("\nThere is no default one: choose it with `qualit payment-methods default METHOD`.")
    elif wished not in saved:
        source = f" {SETTING} names it." if load_configuration().payment_method is not None else ""
        print_warning(f"The default payment method is not saved, so nothing can be paid with it.{source}")


def _listed(backend: EmbeddedBackend) -> list[Listed]:
    from provider.commerce.policy import why_unusable

    default, today = backend.account().default_payment_method, backend.now().date()
    uses = _uses(backend)
    return [
        Listed(
            method,
            is_default=method.id == default,
            unusable=why_unusable(method, today),
            uses=tuple(uses.get(method.id, ())),
        )
        for method in backend.payment_methods()
    ]


def _uses(backend: EmbeddedBackend) -> dict[str, list[Use]]:
    """What each method pays for, also one that is not saved any more."""
    servers = {server.contract.contract.id: server.name for server in backend.servers()}
    uses: dict[str, list[Use]] = {}
    for view in backend.contracts():
        name = servers.get(view.contract.id) or (view.name if view.kind == "vps" else f"order {view.name}")
        uses.setdefault(view.payment_method, []).append(Use(name, view))
    return uses


def _confirm(method: str, uses: Sequence[Use], *, yes: bool) -> None:
    """Say what is paid with a method, and go on only where that is meant.

    Raises:
        CommandError: nobody said yes.
    """
    paid = "\n".join(f"  {use.words}" for use in uses)
    print_warning(
        f"{method} pays for {len(uses)} contract{'s' if len(uses) > 1 else ''}. Without another payment method "
        f"nothing of this is renewed, and an order that is not paid yet is cancelled:\n{paid}\n"
        "To keep them, write another payment_method for them and apply that first."
    )
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(
            f"{method} is not removed",
            "It is paid with, and there is nobody here to ask. To remove it all the same: --yes",
        )
    if not typer.confirm(f"Remove {method}?"):
        raise CommandError(f"{method} is not removed", "Nothing was changed.")


def _as_json(listed: Listed) -> dict[str, object]:
    method = listed.method
    return {
        "id": method.id,
        "kind": method.kind,
        "label": method.label,
        "expires_on": method.expires_on,
        "default": listed.is_default,
        "usable": listed.unusable is None,
        "reason": listed.unusable,
        "pays_for": [{"name": use.name, "contract": use.contract.contract.id} for use in listed.uses],
    }


def _row(listed: Listed) -> list[str]:
    method = listed.method
    return [
        method.id,
        method.kind,
        method.label,
        (method.expires_on - timedelta(days=1)).isoformat() if method.expires_on else "",
        "default" if listed.is_default else "",
        "yes" if listed.unusable is None else f"no: {listed.unusable}",
        ", ".join(use.name for use in listed.uses),
    ]
