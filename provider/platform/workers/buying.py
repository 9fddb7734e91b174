"""Buying: place an order, let its run take it forward, and wait for it. The way in of every apply."""

from __future__ import annotations

from provider.backend.port import OrderView, Purchase
from provider.platform.context import Deadline, Platform
from provider.platform.purchase import cancel
from provider.platform.purchase.outcome import outcome, recorded
from provider.platform.purchase.place import place_order
from provider.platform.workers.engine import serving
from provider.platform.workers.waiting import wait_for


def buy(platform: Platform, purchase: Purchase, *, timeout_seconds: float) -> OrderView:
    """Place an order and wait until it is delivered; the same purchase again goes on with the same order.

    Raises:
        RefusedError: a rule forbids it, the payment was declined, or it cannot be delivered and was refunded.
        ActionRequiredError: the customer must confirm the payment.
        UnavailableError: something cannot be reached; with the order's id, if one was placed.
    """
    deadline = Deadline(timeout_seconds)
    with serving(platform) as executor_id:
        order_id = place_order(platform, purchase)
        return outcome(wait_for(platform, order_id, deadline, executor_id))


def resume(platform: Platform, order_id: str, *, timeout_seconds: float) -> OrderView:
    """Go on with an order; raises as ``buy``."""
    deadline = Deadline(timeout_seconds)
    with serving(platform) as executor_id:
        order = recorded(platform, order_id)
        if order.waits_for is not None:
            platform.database.write(lambda connection: platform.runs.enqueue_next(connection, order))
        return outcome(wait_for(platform, order_id, deadline, executor_id))


def cancel_order(platform: Platform, order_id: str, *, timeout_seconds: float) -> OrderView:
    """Cancel an order that is not paid; one that was paid after all is delivered.

    Raises:
        RefusedError: it is paid, or there is none.
    """
    deadline = Deadline(timeout_seconds)
    with serving(platform) as executor_id:
        cancel.cancel_order(platform, order_id, timeout_seconds=timeout_seconds)
        return wait_for(platform, order_id, deadline, executor_id).view()
