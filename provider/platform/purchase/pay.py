"""Paying for a placed order: an unconfirmed intent first, then look, then confirm (N1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import OrderStatus
from provider.platform import user_data
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.ledger import record_charge
from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError, Intent, UnknownMethodError
from provider.platform.purchase.decline import decline_in_words
from provider.platform.purchase.reservation import drop_reservation
from provider.platform.receipts.issue import issue
from provider.platform.records import orders, quotes, servers
from provider.platform.records.orders import Order


def create_payment(platform: Platform, order: Order) -> None:
    """placed → paying, with the id of an intent that has charged nothing yet; → paid where nothing is due.

    Raises:
        GatewayUnavailableError: run the step again.
    """
    if not order.due:
        settle(platform, order, "placed")
        return
    try:
        intent = platform.gateway.create_intent(
            order_id=order.id,
            amount=order.due,
            method_id=order.payment_method,
            idempotency_key=f"{order.id}:create",
        )
    except UnknownMethodError:
        give_up(platform, order, "cancelled", _removed(order))
        return
    except GatewayRefusedError as error:
        give_up(platform, order, "cancelled", f"The payment gateway refused it: {error}.")
        return
    platform.database.write(
        lambda connection: orders.move(connection, order.id, "placed", "paying", intent_id=intent.id)
    )


def confirm_payment(platform: Platform, order: Order) -> None:
    """paying or action_required → what the gateway says the payment is, charging it only if nobody has yet.

    One that the gateway refuses to charge, such as by a method that was removed meanwhile, is cancelled.

    Raises:
        GatewayUnavailableError: run the step again.
    """
    intent = platform.gateway.retrieve(intent_of(order))
    if intent.status == "unconfirmed":
        try:
            intent = platform.gateway.confirm(intent.id, idempotency_key=f"{order.id}:confirm")
        except UnknownMethodError:
            # It can never be charged, and nobody is to try: a method that is saved again is another decision.
            platform.gateway.cancel(intent.id)
            give_up(platform, order, "cancelled", _removed(order))
            return
        except GatewayRefusedError as error:
            # Refused as well where it was charged after all: then the step is run again, and finds it charged.
            platform.gateway.cancel(intent.id)
            give_up(platform, order, "cancelled", f"The payment gateway refused it: {error}. Nothing was charged.")
            return
    record_outcome(platform, order, intent)


def record_outcome(platform: Platform, order: Order, intent: Intent) -> None:
    """Record what has become of an order's payment."""
    match intent.status:
        case "succeeded":
            settle(platform, order, order.status)
        case "declined":
            give_up(platform, order, "declined", f"The payment was declined: {decline_in_words(intent.decline_code)}.")
        case "cancelled":
            give_up(platform, order, "cancelled", "The payment was cancelled; nothing was charged.")
        case "action_required" if order.status == "paying":
            _wait_for_customer(platform, order, intent)
        case "unconfirmed":
            raise GatewayUnavailableError(f"the payment {intent.id} was not taken yet")


def settle(platform: Platform, order: Order, before: OrderStatus) -> None:
    """→ paid, with the ledger and the receipt."""

    def work(connection: Connection) -> None:
        now = record_instant(connection, platform.clock)
        if not orders.move(connection, order.id, before, "paid", paid_at=now, action_url=None, failure=None):
            return
        record_charge(
            connection,
            order_id=order.id,
            contract_id=order.contract_id,
            amount=order.due,
            credit=order.proposal.credit,
            at=now,
        )
        issue(connection, order, "charge", now)
        server = servers.living_on(connection, order.contract_id)
        if server is not None and server.status == "reserved":
            servers.set_status(connection, server.id, "provisioning")

    platform.database.write(work)


def give_up(platform: Platform, order: Order, after: OrderStatus, reason: str) -> None:
    """→ declined or cancelled: nothing was changed (N5), and the quote can be used again (P5)."""

    def work(connection: Connection) -> str | None:
        now = record_instant(connection, platform.clock)
        if not orders.move(connection, order.id, order.status, after, failure=reason, action_url=None, finished_at=now):
            return None
        quotes.give_back(connection, order.id)
        return drop_reservation(connection, order)

    server_id = platform.database.write(work)
    if server_id is not None:
        user_data.forget(platform.folder, server_id)


def _removed(order: Order) -> str:
    return (
        f"The saved payment method {order.payment_method} was removed before it was charged, so nothing was. Save it "
        "again or name another one; `qualit payment-methods` lists them."
    )


def intent_of(order: Order) -> str:
    if order.intent_id is None:
        raise LookupError(f"the order {order.id} is {order.status} and has no payment")
    return order.intent_id


def _wait_for_customer(platform: Platform, order: Order, intent: Intent) -> None:
    def work(connection: Connection) -> None:
        now: datetime = record_instant(connection, platform.clock)
        orders.move(
            connection,
            order.id,
            "paying",
            "action_required",
            action_url=intent.action_url,
            action_required_at=now,
        )

    platform.database.write(work)
