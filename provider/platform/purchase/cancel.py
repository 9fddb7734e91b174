"""Cancelling an order: one that is not paid by its customer, or because nobody confirmed its payment in time (L4); and
one that was paid and waits for a host that may never come back (N3)."""

from __future__ import annotations

from datetime import timedelta

from provider.backend.port import UNPAID, RefusedError, UnavailableError
from provider.platform.context import Platform
from provider.platform.locks import contract_lock
from provider.platform.payments.port import GatewayRefusedError
from provider.platform.purchase import pay
from provider.platform.purchase.outcome import recorded
from provider.platform.purchase.refund import begin_refund
from provider.platform.records import orders
from provider.platform.records.orders import Order

CONFIRMATION = timedelta(hours=24)
"""How long a payment waits for its customer."""


def cancel_order(platform: Platform, order_id: str, *, timeout_seconds: float) -> None:
    """Cancel an order that is not paid and give its quote back; one that was paid after all goes on.

    One that was paid and waits for its host is refunded in full by its next run.

    Raises:
        RefusedError: the order is paid and is delivered or being delivered, or there is none.
    """
    order = recorded(platform, order_id)
    with contract_lock(platform.folder, order.contract_id, seconds=timeout_seconds):
        order = recorded(platform, order_id)
        if order.status == "cancelled":
            return
        if order.status in ("paid", "provisioning") and order.waits_for == "host":
            _give_up_waiting(platform, order)
            return
        if order.status not in UNPAID:
            raise RefusedError(
                "The order cannot be cancelled",
                f"The order {order.id} is {order.status}: only an order that is not paid can be cancelled, or one that "
                "waits for its host.",
                rule="L4",
                order_id=order.id,
            )
        cancel_or_go_on(platform, order, "It was cancelled; nothing was charged.")


def _give_up_waiting(platform: Platform, order: Order) -> None:
    """What the host did of it before it fell silent stays on the machine, unpaid (N3)."""
    begin_refund(platform, order, "It was cancelled while it waited for its host, and had not been delivered.")
    present = recorded(platform, order.id)
    platform.database.write(lambda connection: platform.runs.enqueue_next(connection, present))


def cancel_unconfirmed(platform: Platform) -> None:
    """Cancel the payments that waited for their customer for 24 hours; an order that is busy is left for later."""
    with platform.database.read() as connection:
        waiting = orders.waiting_since(connection, platform.now() - CONFIRMATION)
    for order in waiting:
        try:
            with contract_lock(platform.folder, order.contract_id, seconds=0):
                present = recorded(platform, order.id)
                if present.status == "action_required":
                    cancel_or_go_on(platform, present, "The payment was not confirmed within 24 hours.")
        except UnavailableError:
            continue


def withdraw(platform: Platform, order: Order, reason: str) -> None:
    """Cancel an unpaid order's payment and record what that came to; it may have been paid just before."""
    if order.intent_id is not None:
        try:
            platform.gateway.cancel(order.intent_id)
        except GatewayRefusedError:
            pay.record_outcome(platform, order, platform.gateway.retrieve(order.intent_id))
            return
    # Without an intent that is recorded nothing was ever confirmed, so nothing can be charged.
    pay.give_up(platform, order, "cancelled", reason)


def cancel_or_go_on(platform: Platform, order: Order, reason: str) -> None:
    """Cancel an unpaid order; one that was paid after all goes on. The contract's lock is held."""
    withdraw(platform, order, reason)
    present = recorded(platform, order.id)
    if present.status == "paid" and present.waits_for is not None:
        # The customer paid after all, so it is delivered.
        platform.database.write(lambda connection: platform.runs.enqueue_next(connection, present))
