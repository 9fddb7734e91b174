"""``qualit renew``: buy the next period of a contract, its price first (P2, S4, L2)."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import Column, CommandError, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.embedded import EmbeddedBackend
    from provider.backend.port import ContractView, OrderView
    from provider.commerce.proposal import Proposal

RENEW_SECONDS = 600.0
"""How long a renewal may take; out of suspension the machine is switched on with it."""


def renew(
    server: Annotated[str, typer.Argument(help="The name of a server, or of a contract bought with an Order.")],
    term_months: Annotated[
        int | None,
        typer.Option(help="The duration: 1, 3, 6 or 12 months; as the contract wishes by default.", show_default=False),
    ] = None,
    payment_method: Annotated[
        str | None, typer.Option(help="A saved method; the contract's by default.", show_default=False)
    ] = None,
    max_charge: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Renew only if it charges no more.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: pay what it costs.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Renew a server's contract: show what it costs, ask, pay.

    Every line is renewed at the prices of today, additions included, for the whole duration. The new period begins
    where the paid one ends; a suspended server's on the day that it is paid, and its machine comes back with it. At
    most one period can be bought ahead.
    """
    limit = _limit(max_charge)
    with open_backend() as backend:
        view = contract_of(backend, server)
        proposal = _propose(backend, view, view.contract.term_months if term_months is None else term_months)
        method = payment_method or view.payment_method
        if not as_json:
            _show(backend, view, proposal, method)
        if limit is not None and proposal.amount > limit:
            raise CommandError(
                "The renewal costs more than --max-charge (rule P7)",
                f"It charges {money(proposal.amount, proposal.currency)}, and --max-charge allows {money(limit)}. "
                "Nothing was ordered.",
            )
        _check_spending_limit(backend, proposal)
        if not yes:
            _ask(view, proposal)
        order = _order(backend, view, proposal, method, limit)
        renewed = backend.contract(view.contract.id)
    until = renewed.contract.paid_until if renewed else None
    if as_json:
        print_json({**_as_json(order), "paid_until": until})
    elif order.status == "active":
        paid = money(order.amount, order.currency)
        print_text(f"{view.name} is renewed and paid until {until}: {paid} paid with {method} (order {order.id}).")
    else:
        print_text(f"The order {order.id} is {order.status}. It goes on by itself: see `qualit orders`.")


def contract_of(backend: EmbeddedBackend, name: str) -> ContractView:
    """The contract of a server, or of an Order, of this name.

    Raises:
        CommandError: there is none.
    """
    server = backend.server_named(name)
    view = server.contract if server else backend.contract_named(name)
    if view is None:
        import difflib

        names = [*(each.name for each in backend.servers()), *(each.name for each in backend.contracts())]
        near = difflib.get_close_matches(name, names, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        raise CommandError(
            f'There is no server or contract "{name}"',
            "What has ended cannot be renewed or improved. `qualit servers` and `qualit renewals` list what you have."
            f"{meant}",
        )
    return view


def _limit(text: str | None) -> Decimal | None:
    if text is None:
        return None
    from provider.resources.checks import parse_money

    amount = parse_money(text)
    if amount is None:
        raise typer.BadParameter(
            f'"{text}" is no amount. Write digits with up to two decimals, such as 25.00.', param_hint="--max-charge"
        )
    return amount


def _propose(backend: EmbeddedBackend, view: ContractView, months: int) -> Proposal:
    from provider.commerce.change import Renew
    from provider.commerce.proposal import Proposal, propose

    proposal = propose(backend.catalogue(), view.contract.id, view.contract, Renew(months), backend.now().date())
    if isinstance(proposal, Proposal):
        return proposal
    first = proposal[0]
    raise CommandError(f"{first.summary} (rule {first.rule})", first.detail)


def _check_spending_limit(backend: EmbeddedBackend, proposal: Proposal) -> None:
    """Nobody is asked for what would be refused (P9); the order checks it again."""
    from provider.commerce.policy import THE_RENEWAL, within_spending_limit

    for refusal in within_spending_limit(backend.spending(), proposal.amount, proposal.currency, THE_RENEWAL):
        raise CommandError(f"{refusal.summary} (rule {refusal.rule})", f"{refusal.detail} Nothing was ordered.")


def _order(
    backend: EmbeddedBackend, view: ContractView, proposal: Proposal, method: str, limit: Decimal | None
) -> OrderView:
    from provider.backend.port import ActionRequiredError, Purchase

    quote = backend.hold_quote(proposal, name=view.name)
    try:
        return backend.order(Purchase(quote.id, method, max_charge=limit), timeout_seconds=RENEW_SECONDS)
    except ActionRequiredError as error:
        raise CommandError(
            f"{error.summary} (rule {error.rule})",
            f"Confirm that {view.name} is renewed for {money(proposal.amount, proposal.currency)}, within 24 hours, at "
            f"{error.url}\nNothing was charged yet. Afterwards `qualit work` finishes the order {error.order_id}, and "
            f"so does this command again. To give it up: qualit orders cancel {error.order_id}",
        ) from error


def _show(backend: EmbeddedBackend, view: ContractView, proposal: Proposal, method: str) -> None:
    from provider.commerce.calendar import renewed_period
    from provider.commerce.change import Renew
    from provider.commerce.pricing import contained_vat

    contract, catalogue = view.contract, backend.catalogue()
    months = proposal.change.months if isinstance(proposal.change, Renew) else 0
    period = renewed_period(contract, months, backend.now().date())
    monthly = [money(price) for price in proposal.bases]
    monthly += [""] * (len(proposal.lines) - len(monthly))
    rows = [[line.description, each, money(line.amount)] for line, each in zip(proposal.lines, monthly, strict=True)]
    print_table(
        [
            Column(f"Renewal of {view.name}"),
            Column(f"Monthly {proposal.currency}", "right"),
            Column(f"Due now {proposal.currency}", "right"),
        ],
        [*rows, ["Total", money(proposal.monthly_price), money(proposal.amount)]],
        last_is_total=True,
    )
    vat = contained_vat(proposal.amount, catalogue.vat_percent)
    state = "suspended, it was paid" if view.status == "suspended" else "paid"
    print_text(
        f"\n{view.name} is {state} until {contract.paid_until}. The renewed period is from {period.start} to "
        f"{period.end}.\nThe amount due contains {money(vat, proposal.currency)} VAT ({catalogue.vat_percent} %). "
        f"It is paid with {method}."
    )


def _ask(view: ContractView, proposal: Proposal) -> None:
    if not sys.stdin.isatty():
        raise CommandError(
            "Nothing was ordered",
            "This is no terminal to ask on. Write --yes to pay what it costs, with --max-charge AMOUNT to bound it.",
        )
    question = f"Renew {view.name} and pay {money(proposal.amount, proposal.currency)} now?"
    if not typer.confirm(question, err=True):
        raise CommandError("Nothing was ordered", "You did not agree.")


def _as_json(order: OrderView) -> dict[str, object]:
    return {
        "order": order.id,
        "server": order.server,
        "status": order.status,
        "description": order.description,
        "amount": order.amount,
        "currency": order.currency,
        "lines": [{"description": line.description, "amount": line.amount} for line in order.lines],
    }
