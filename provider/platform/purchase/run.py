"""Taking an order from where it is to its end, one step after the other."""

from __future__ import annotations

from typing import NoReturn

from provider.backend.port import (
    ActionRequiredError,
    OrderView,
    PaymentDeclinedError,
    Purchase,
    RefusedError,
    UnavailableError,
)
from provider.platform.context import Deadline, Platform
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.locks import contract_lock
from provider.platform.payments.port import GatewayUnavailableError
from provider.platform.purchase import deliver, pay, refund
from provider.platform.purchase.place import known_quote, place_order
from provider.platform.records import orders
from provider.platform.records.orders import Order

RETRY_SECONDS = (0.2, 1.0, 3.0)
"""The pauses before a step is tried again; after the last one the caller is told."""


def buy(platform: Platform, purchase: Purchase, *, timeout_seconds: float) -> OrderView:
    """Place an order, pay it and deliver it; the same purchase again goes on with the same order.

    Raises:
        RefusedError: a rule forbids it, the payment was declined, or it cannot be delivered and was refunded.
        ActionRequiredError: the customer must confirm the payment.
        UnavailableError: something cannot be reached; with the order's id, if one was placed.
    """
    deadline = Deadline(timeout_seconds)
    with platform.database.read() as connection:
        contract_id = known_quote(connection, purchase.quote_id).proposal.contract_id
    with contract_lock(platform.folder, contract_id, seconds=timeout_seconds):
        return advance(platform, place_order(platform, purchase), deadline)


def resume(platform: Platform, order_id: str, *, timeout_seconds: float) -> OrderView:
    """Go on with an order; raises as ``buy``."""
    order = recorded(platform, order_id)
    with contract_lock(platform.folder, order.contract_id, seconds=timeout_seconds):
        return advance(platform, order_id, Deadline(timeout_seconds))


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


def advance(platform: Platform, order_id: str, deadline: Deadline) -> OrderView:
    """Run an order's steps until it is delivered or cannot go on; its contract's lock is held."""
    attempts = iter(RETRY_SECONDS)
    while True:
        order = recorded(platform, order_id)
        if order.status == "active":
            return order.view()
        if order.status in orders.NOTHING_BOUGHT:
            _raise_outcome(order)
        try:
            _step(platform, order)
        except GatewayUnavailableError as error:
            pause = next(attempts, None)
            if pause is None or not deadline.pause(pause):
                raise _gateway_unavailable(order, error) from error
        except HypervisorUnavailableError as error:
            _note_unreachable(platform, order_id, error)
            pause = next(attempts, None)
            if pause is None or not deadline.pause(pause):
                return recorded(platform, order_id).view()


def _step(platform: Platform, order: Order) -> None:
    match order.status:
        case "placed":
            pay.create_payment(platform, order)
        case "paying":
            pay.confirm_payment(platform, order)
        case "action_required":
            pay.confirm_payment(platform, order)
            _raise_if_waiting(recorded(platform, order.id))
        case "paid":
            deliver.begin_delivery(platform, order)
        case "provisioning":
            try:
                deliver.deliver(platform, order)
            except DeliveryImpossibleError as error:
                refund.begin_refund(platform, order, f"It cannot be delivered: {error}.")
            else:
                deliver.activate(platform, order)
        case "refunding":
            refund.refund(platform, order)


def _raise_if_waiting(order: Order) -> None:
    if order.status != "action_required":
        return
    raise ActionRequiredError(
        "The payment must be confirmed",
        f"The order {order.id} over {order.due} waits for your confirmation at {order.action_url} for 24 hours. "
        "Nothing was charged yet. Confirm it and apply again; to give it up: qualit orders cancel "
        f"{order.id}",
        url=order.action_url or "",
        order_id=order.id,
    )


def _note_unreachable(platform: Platform, order_id: str, error: HypervisorUnavailableError) -> None:
    reason = f"The host cannot be reached: {error}. {error.remedy}"
    platform.database.write(lambda connection: orders.note_failure(connection, order_id, reason))


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


def _gateway_unavailable(order: Order, error: GatewayUnavailableError) -> UnavailableError:
    return UnavailableError(
        "The payment gateway does not answer",
        f"The order {order.id} over {order.due} is {order.status}: {error}. Apply again to go on with it; it is "
        "never charged twice.",
        order_id=order.id,
    )
