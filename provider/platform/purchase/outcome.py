"""What has become of an order, for whoever waited for it: a value, or the error that says what to do."""

from __future__ import annotations

from typing import NoReturn

from provider.backend.port import (
    PAID_UNDELIVERED,
    ActionRequiredError,
    OrderView,
    PaymentDeclinedError,
    RefusedError,
    UnavailableError,
)
from provider.platform.context import Platform
from provider.platform.records import orders
from provider.platform.records.orders import NOTHING_BOUGHT, Order


def recorded(platform: Platform, order_id: str) -> Order:
    """The order of an id.

    Raises:
        RefusedError: there is none.
    """
    with platform.database.read() as connection:
        order = orders.get(connection, order_id)
    if order is None:
        raise RefusedError("Unknown order", f"There is no order {order_id} in this home. See `qualit orders`.")
    return order


def outcome(order: Order) -> OrderView:
    """The order, delivered or paid and being delivered.

    Raises:
        RefusedError: it was declined, cancelled, or refunded because it could not be delivered.
        ActionRequiredError: its customer must confirm the payment.
        UnavailableError: it is not paid yet, or not refunded yet, and goes on.
    """
    if order.status == "active" or order.status in PAID_UNDELIVERED:
        return order.view()
    if order.status in NOTHING_BOUGHT:
        _raise_outcome(order)
    if order.status == "action_required":
        raise _action_required(order)
    raise _still_open(order)


def _action_required(order: Order) -> ActionRequiredError:
    return ActionRequiredError(
        "The payment must be confirmed",
        f"The order {order.id} over {order.due} waits for your confirmation at {order.action_url} for 24 hours. "
        "Nothing was charged yet. Confirm it and apply again; to give it up: qualit orders cancel "
        f"{order.id}",
        url=order.action_url or "",
        order_id=order.id,
    )


def _still_open(order: Order) -> UnavailableError:
    what = "refunded" if order.status == "refunding" else "paid"
    reason = f" {order.failure}" if order.failure else ""
    return UnavailableError(
        "The payment gateway does not answer" if order.waits_for == "gateway" else f"The order is not {what} yet",
        f"The order {order.id} over {order.due} is {order.status}.{reason} It goes on by itself while a worker runs, "
        "and the next apply takes it up; it is never charged twice. See `qualit orders`.",
        order_id=order.id,
    )


def _raise_outcome(order: Order) -> NoReturn:
    failure = order.failure or ""
    match order.status:
        case "declined":
            raise PaymentDeclinedError(
                "The payment was declined",
                f"{order.due} for {order.name} could not be charged to {order.payment_method}. {failure} Nothing was "
                "changed.",
                rule="N5",
                attribute="payment_method",
                order_id=order.id,
            )
        case "refunded":
            given_back = f"{order.due} was refunded in full" if order.due else "Nothing had been charged"
            raise RefusedError(
                "The order cannot be delivered",
                f"{failure} {given_back}, and {order.name} is as it was before. When the reason is removed, plan and "
                "apply again.",
                rule="N3",
                order_id=order.id,
            )
        case _:
            raise RefusedError(
                "The order was cancelled",
                f"The order {order.id} of {order.name} was cancelled. {failure} Plan and apply again to order anew.",
                rule="L4",
                order_id=order.id,
            )
