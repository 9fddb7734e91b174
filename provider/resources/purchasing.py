"""How an apply buys what its plan shows, and what each outcome means for the state.

Nothing that happens after a payment is an error of a create: Terraform would taint the object and buy it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from provider.backend.port import (
    PAID_UNDELIVERED,
    Backend,
    BackendError,
    ContractTerms,
    ContractView,
    OrderView,
    Purchase,
    ServerSettings,
)
from provider.resources.checks import parse_money, timeout_of
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value, Values


@dataclass(frozen=True, slots=True)
class Bought:
    """The outcome of a purchase: the order, or None where nothing was bought and ``diagnostics`` say why."""

    order: OrderView | None
    diagnostics: Diagnostics = ()


def charges(planned: Values, prior: Values | None) -> bool:
    """Whether a plan orders something: it has a charge that the prior state does not have."""
    return planned["charge"] is not None and (prior is None or planned["charge"] != prior["charge"])


def undeliverable(planned: Values, prior: Values | None, so_far: Diagnostics, backend: Backend) -> Diagnostics:
    """Why what a plan would buy or install could not be delivered here and now; an error so far needs no second one."""
    if any(d.severity == "error" for d in so_far) or planned["charge"] is UNKNOWN or planned.get("os") is UNKNOWN:
        return ()
    installs = "os" in planned and (prior is None or planned["os"] != prior["os"])
    if not installs and not charges(planned, prior):
        return ()
    try:
        backend.check_delivery(planned["os"] if installs else None)
    except BackendError as error:
        problem = Diagnostic.of_error(error)
        return (replace(problem, path=problem.path or (("os",) if installs else ())),)
    return ()


def buy(
    backend: Backend,
    charge: Value,
    *,
    payment_method: str,
    max_charge: Value,
    timeout_seconds: float,
    terms: ContractTerms | None = None,
    settings: ServerSettings | None = None,
    allow_reinstall: bool = False,
    allow_restart: bool | None = None,
) -> Bought:
    """Order against the quote of a planned charge, and wait for the delivery."""
    purchase = Purchase(
        charge["quote_id"],
        payment_method,
        terms,
        settings,
        allow_reinstall,
        allow_restart,
        max_charge=parse_money(max_charge),
    )
    return _outcome(lambda: backend.order(purchase, timeout_seconds=timeout_seconds))


def improve(
    planned: Values, prior: Values, view: ContractView, backend: Backend, *, allow_restart: bool | None
) -> Diagnostics:
    """Buy what a plan charges for a living contract's solution, or go on with what is paid and not delivered."""
    timeout = timeout_of(planned, "update")
    if charges(planned, prior):
        return buy(
            backend,
            planned["charge"],
            payment_method=planned["payment_method"],
            max_charge=planned["max_charge"],
            timeout_seconds=timeout,
            allow_reinstall=planned["allow_reinstall"] is True,
            allow_restart=allow_restart,
        ).diagnostics
    for order in view.open_orders:
        if order.line == "solution" and order.status in PAID_UNDELIVERED:
            return finish(backend, order.id, timeout_seconds=timeout).diagnostics
    return ()


def finish(backend: Backend, order_id: str, *, timeout_seconds: float) -> Bought:
    """Go on with an order that is open."""
    return _outcome(lambda: backend.resume(order_id, timeout_seconds=timeout_seconds))


def _outcome(purchase: Callable[[], OrderView]) -> Bought:
    try:
        order = purchase()
    except BackendError as error:
        return Bought(None, (Diagnostic.of_error(error),))
    if order.status in PAID_UNDELIVERED:
        return Bought(order, (_not_delivered(order),))
    if order.status == "active":
        return Bought(order)
    return Bought(None, (_given_up(order),))


def _not_delivered(order: OrderView) -> Diagnostic:
    reason = f" The last attempt failed: {order.failure}" if order.failure else ""
    return Diagnostic(
        "warning",
        f"{order.server} is paid and not delivered yet",
        f"The order {order.id} over {order.amount:.2f} {order.currency} is paid.{reason} The next apply goes on with "
        "it and buys nothing else; if it can't be delivered it is refunded in full (rule N3).",
    )


def _given_up(order: OrderView) -> Diagnostic:
    refund = (
        f"The {order.refunded:.2f} {order.currency} that were paid are refunded in full."
        if order.status in ("refunded", "refunding")
        else "Nothing was charged."
    )
    reason = f": {order.failure}" if order.failure else ""
    return Diagnostic(
        "error",
        f"{order.server} could not be delivered (rule N3)",
        f"The order {order.id} is {order.status}{reason}. {refund}",
    )
