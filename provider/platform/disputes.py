"""What becomes of a payment after it bought something: it is disputed (L8), or refunded by hand at the gateway (N9).

Workers hear of it from the gateway's events, the reconciler finds it, and an order asks for it first. The gateway's
``retrieve`` says what is true. The records come first, in one transaction, because from then on nothing can be ordered;
the machine follows, by what ``lapse`` does to every contract that is not what it should be.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from provider.backend.port import UNPAID, UnavailableError
from provider.platform import lapse, ledger
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.locks import contract_lock
from provider.platform.payments.port import Event, EventKind, Intent, Refund
from provider.platform.purchase.cancel import cancel_or_go_on
from provider.platform.purchase.refund import record_refunds_by_hand
from provider.platform.records import contracts, disputes, orders, quotes
from provider.platform.records.disputes import BOUGHT
from provider.platform.records.orders import WITHDRAWN

TOLD: frozenset[EventKind] = frozenset({"payment.refunded", "dispute.opened", "dispute.won", "dispute.lost"})


def look_before_order(platform: Platform, quote_id: str) -> None:
    """Take notice of a dispute of what was paid before for the contract that a quote is of, if nobody has yet.

    Raises:
        GatewayUnavailableError: the gateway does not answer.
    """
    with platform.database.read() as connection:
        quote = quotes.get(connection, quote_id)
        known = disputes.every(connection)
        paid = orders.of_contract(connection, quote.proposal.contract_id) if quote is not None else ()
    for order in paid:
        if order.status not in BOUGHT or order.intent_id is None:
            continue
        recorded = known.get(order.intent_id)
        if platform.gateway.retrieve(order.intent_id).dispute not in (None, recorded.status if recorded else None):
            look_at(platform, order.id)


def hear(platform: Platform, events: Sequence[Event], unsettled: frozenset[str]) -> frozenset[str]:
    """Look at the orders that the gateway has news of, and at those that could not be looked at before.

    Returns the orders that are to be looked at again.

    Raises:
        GatewayUnavailableError: hear the same again.
    """
    if not unsettled and not any(event.kind in TOLD for event in events):
        return frozenset()
    with platform.database.read() as connection:
        decided = {id_ for id_, known in disputes.every(connection).items() if known.status != "open"}
    news = {event.order_id for event in events if event.kind in TOLD and event.intent_id not in decided}
    return frozenset(order_id for order_id in news | unsettled if not look_at(platform, order_id))


def look_at(platform: Platform, order_id: str) -> bool:
    """Take notice of what has become of an order's payment; False when that is too early.

    Raises:
        GatewayUnavailableError: the gateway does not answer.
    """
    with platform.database.read() as connection:
        order = orders.get(connection, order_id)
    if order is None or order.status not in BOUGHT:
        # What is not recorded as paid yet is looked at again when it is.
        return order is None or order.status not in UNPAID
    try:
        with contract_lock(platform.folder, order.contract_id, seconds=0):
            take_notice(platform, order_id)
    except (HypervisorUnavailableError, DeliveryImpossibleError):
        return True  # It is recorded; the machine follows when its host answers.
    except UnavailableError:
        return False
    return True


def take_notice(platform: Platform, order_id: str) -> None:
    """Record what has become of an order's payment, and suspend, bring back or end its contract; its lock is held.

    Looks first, so that it may be cut off anywhere and done again.

    Raises:
        GatewayUnavailableError: nothing was recorded.
        HypervisorUnavailableError, DeliveryImpossibleError: it is recorded, and the machine is as it was.
    """
    with platform.database.read() as connection:
        order = orders.get(connection, order_id)
    if order is None or order.status not in BOUGHT or order.intent_id is None:
        return
    intent = platform.gateway.retrieve(order.intent_id)
    refunds = platform.gateway.refunds(intent.id) if intent.refunded else ()
    if intent.dispute in ("open", "lost"):
        _withdraw_unpaid(platform, order.contract_id)
    platform.database.write(lambda connection: _record(connection, platform, order_id, intent, refunds))
    lapse.bring_about(platform, order.contract_id)


def _withdraw_unpaid(platform: Platform, contract_id: str) -> None:
    """What was ordered before the dispute and is not paid yet would be paid for a server that is switched off."""
    with platform.database.read() as connection:
        unfinished = orders.open_of_contract(connection, contract_id)
    for order in unfinished:
        if order.status in UNPAID:
            cancel_or_go_on(platform, order, WITHDRAWN)


def _record(
    connection: Connection, platform: Platform, order_id: str, intent: Intent, refunds: Sequence[Refund]
) -> None:
    now = record_instant(connection, platform.clock)
    order = orders.get(connection, order_id)
    charged = {entry.kind for entry in ledger.of_order(connection, order_id)}
    if order is None or order.status not in BOUGHT or intent.status != "succeeded" or "charge" not in charged:
        return  # What does not agree otherwise is for the reconciler to report.
    of_order = {"order_id": order.id, "contract_id": order.contract_id}
    if refunds:
        given = record_refunds_by_hand(connection, order, refunds, now)
        orders.move(connection, order.id, order.status, order.status, refunded=given.amount)
    if intent.dispute is None:
        return
    left = intent.amount - intent.refunded
    if intent.dispute == "lost":
        ledger.record_lost_dispute(connection, **of_order, payment_id=intent.id, amount=left, at=now)
    disputes.note(connection, intent.id, **of_order, status=intent.dispute, amount=left, at=now)
    record = contracts.get(connection, order.contract_id)
    if intent.dispute == "won" and record is not None and record.status == "active":
        # Whether its machine had been switched off already is not known: it is to be brought back.
        contracts.set_status(connection, order.contract_id, "suspended")
