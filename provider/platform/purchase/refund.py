"""Giving a paid order back in full when it cannot be delivered: the contract is as it was before (N3)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from provider.money import Money
from provider.platform import user_data
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.ledger import record_refund, record_refund_by_hand
from provider.platform.payments.port import Refund
from provider.platform.purchase.pay import intent_of
from provider.platform.purchase.reservation import drop_reservation
from provider.platform.receipts.issue import issue
from provider.platform.records import addresses, orders, servers
from provider.platform.records.orders import Order


def begin_refund(platform: Platform, order: Order, reason: str) -> None:
    """paid or provisioning → refunding."""
    platform.database.write(
        lambda connection: orders.move(connection, order.id, order.status, "refunding", failure=reason)
    )


def refund(platform: Platform, order: Order) -> None:
    """refunding → refunded: what can be undone is undone, and the money goes back once.

    Raises:
        GatewayUnavailableError: run the step again.
        DisputedError: the bank decides first who gets the money; run the step again then. What it took back is not
            owed any more.
    """
    if order.kind == "new":
        _delete_machine(platform, order)
    if order.due:
        intent = platform.gateway.retrieve(intent_of(order))
        if intent.refunded:
            _record_by_hand(platform, order, platform.gateway.refunds(intent.id))
        if intent.kept:
            platform.gateway.refund(intent.id, intent.kept, idempotency_key=_key(order))

    def work(connection: Connection) -> str | None:
        now = record_instant(connection, platform.clock)
        amount = order.proposal.amount
        if not orders.move(connection, order.id, "refunding", "refunded", refunded=amount, finished_at=now):
            return None
        record_refund(
            connection,
            order_id=order.id,
            contract_id=order.contract_id,
            amount=order.due,
            credit=order.proposal.credit,
            at=now,
        )
        issue(connection, order, "refund", now)
        return drop_reservation(connection, order)

    server_id = platform.database.write(work)
    if server_id is not None:
        user_data.forget(platform.folder, server_id)


def record_refunds_by_hand(connection: Connection, order: Order, refunds: Sequence[Refund], at: datetime) -> Money:
    """Record the refunds of an order's payment that the platform did not make, each once; what they come to."""
    total = order.due - order.due
    for each in refunds:
        if each.key == _key(order):
            continue
        total = total + each.amount
        record_refund_by_hand(
            connection,
            order_id=order.id,
            contract_id=order.contract_id,
            refund_id=each.id,
            amount=each.amount,
            at=at,
        )
    return total


def _record_by_hand(platform: Platform, order: Order, refunds: Sequence[Refund]) -> None:
    """A refund by hand stands in the ledger before the rest goes back, for which a bank may let us wait (N9)."""

    def work(connection: Connection) -> None:
        record_refunds_by_hand(connection, order, refunds, record_instant(connection, platform.clock))

    platform.database.write(work)


def _key(order: Order) -> str:
    return f"{order.id}:refund"


def _delete_machine(platform: Platform, order: Order) -> None:
    """Remove what there is of a machine; one that cannot be reached is taken up again under the same UUID."""
    with platform.database.read() as connection:
        server = servers.living_on(connection, order.contract_id)
        leases = addresses.of_server(connection, server.id) if server else ()
    if server is not None:
        with suppress(HypervisorUnavailableError, DeliveryImpossibleError):
            platform.hypervisor_of(server).delete(server.machine_uuid, leases)
