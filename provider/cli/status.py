"""``qualit status``: what is open, and what needs somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.machines import Seen, look
from provider.cli.output import JsonOption, instant, money, print_json, print_text
from provider.cli.renewals import Renewal, renewal_of
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.embedded import EmbeddedBackend
    from provider.backend.port import OrderView
    from provider.resources.model import Diagnostic


def status(
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 when something is open or wrong, for a monitor.")
    ] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show what is open and what is wrong, with what to do.

    Orders that are not finished, contracts that are suspended or will not renew, machines that are not in the state
    that they were left in, the ledger's cash where it is not the gateway's. It only looks: `qualit reconcile` repairs,
    `qualit work` takes open orders forward.
    """
    from provider.backend.port import PAID_UNDELIVERED, UNPAID

    with open_backend() as backend:
        views = backend.contracts()
        renewals = [renewal_of(view, backend) for view in views]
        warnings = [warning for view in views for warning in _standing(backend, view.contract.id)]
        warnings += _machines(look(backend))
        unfinished = [o for o in backend.orders() if o.status in UNPAID | PAID_UNDELIVERED or o.status == "refunding"]
        cash = [cash for cash in backend.ledger().cash if cash.ledger != cash.gateway]
    if as_json:
        print_json(
            {
                "contracts": len(views),
                "open_orders": [_order_as_json(order) for order in unfinished],
                "warnings": [{"summary": w.summary, "detail": w.detail} for w in warnings],
                "cash": [{"currency": c.currency, "ledger": c.ledger, "gateway": c.gateway} for c in cash],
                "next_renewal": _next_as_json(renewals),
            }
        )
    else:
        for order in unfinished:
            print_text(_open(order))
        for warning in warnings:
            print_text(f"{warning.summary}\n  {warning.detail}")
        for each in cash:
            print_text(
                f"The ledger has {money(each.ledger, each.currency)}, the payment gateway "
                f"{money(each.gateway, each.currency)}\n  `qualit reconcile` says why, and repairs what has one answer."
            )
        if not (unfinished or warnings or cash):
            print_text(f"Nothing is open or wrong. {_all_well(renewals)}")
    if exit_code and (unfinished or warnings or cash):
        raise typer.Exit(1)


def _standing(backend: EmbeddedBackend, contract_id: str) -> tuple[Diagnostic, ...]:
    from provider.resources.standing import standing

    view = backend.contract(contract_id)
    return standing(view, backend) if view else ()


def _machines(seen: Seen) -> tuple[Diagnostic, ...]:
    from provider.resources.model import Diagnostic

    if seen.unseen:
        return (Diagnostic("warning", "The machines could not be looked at", seen.unseen),)
    return seen.notices


def _open(order: OrderView) -> str:
    amount = money(order.amount, order.currency)
    stands = "waits for you" if order.status == "action_required" else f"is {order.status}"
    what = f"The order {order.id} of {order.server} {stands}: {order.description}, {amount}"
    if order.status == "action_required":
        todo = f"Confirm its payment at {order.action_url}, or give it up: qualit orders cancel {order.id}"
    elif order.status in ("placed", "paying"):
        give_up = f"qualit orders cancel {order.id}"
        todo = f"`qualit work` takes it forward, and so does the next apply; to give it up: {give_up}"
    else:
        todo = "`qualit work` takes it forward, and so does the next apply."
    return f"{what}\n  {f'{order.failure} ' if order.failure else ''}{todo}"


def _all_well(renewals: list[Renewal]) -> str:
    if not renewals:
        return "You have no contracts."
    count = f"{len(renewals)} contract{'s' if len(renewals) > 1 else ''}."
    coming = _next(renewals)
    if coming is None or coming.renews_at is None or coming.amount is None:
        return count
    amount = money(coming.amount, coming.view.contract.currency)
    return f"{count} The next renewal is {coming.view.name}, on {instant(coming.renews_at)}, for {amount}."


def _next(renewals: list[Renewal]) -> Renewal | None:
    coming = [each for each in renewals if each.renews_at is not None and not each.problem and each.amount is not None]
    return min(coming, key=lambda each: each.view.contract.paid_until, default=None)


def _next_as_json(renewals: list[Renewal]) -> dict[str, object] | None:
    coming = _next(renewals)
    if coming is None:
        return None
    contract = coming.view.contract
    return {
        "server": coming.view.name,
        "at": coming.renews_at,
        "amount": coming.amount,
        "currency": contract.currency,
    }


def _order_as_json(order: OrderView) -> dict[str, object]:
    return {
        "id": order.id,
        "server": order.server,
        "kind": order.kind,
        "status": order.status,
        "amount": order.amount,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "failure": order.failure,
        "action_url": order.action_url,
    }
