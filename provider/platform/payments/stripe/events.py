"""Events of Stripe into the inbox: from the webhook, and from Stripe's list for machines that nobody can call.

They come twice and in any order, and tell of other payments of the same Stripe account too. What is kept is which
payment of ours to ask about, never what Stripe said of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from provider.platform.payments.port import Event, EventKind
from provider.platform.payments.stripe.account import StripeAccount
from provider.platform.payments.stripe.disputes import STATUS
from provider.platform.payments.stripe.errors import translated
from provider.platform.payments.stripe.intents import ACCOUNT, ORDER
from provider.platform.records import payment_events

KINDS: Mapping[str, EventKind] = {
    "payment_intent.created": "payment.created",
    "payment_intent.requires_action": "payment.action_required",
    "payment_intent.succeeded": "payment.succeeded",
    "payment_intent.payment_failed": "payment.declined",
    "payment_intent.canceled": "payment.cancelled",
    "charge.refunded": "payment.refunded",
    "charge.dispute.created": "dispute.opened",
    "charge.dispute.closed": "dispute.won",
}
"""The events that concern an order, by Stripe's name. A dispute that was closed says itself how."""

POLL_SECONDS = 5.0
"""The least time between two readings of Stripe's list by one process."""
LOOK_BACK_SECONDS = 25 * 3600
"""How far back the first reading of a process goes: a payment waits for its customer for 24 hours."""
OVERLAP_SECONDS = 120
"""How far back the next ones go: an event may come into the list a moment after it happened."""


class Poll:
    """Reads Stripe's list of events, now and then."""

    def __init__(self, account: StripeAccount, seconds: float) -> None:
        self._account = account
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: float | None = None
        self._since = int(time.time()) - LOOK_BACK_SECONDS

    def run(self) -> None:
        """Bring what is new into the inbox, unless that was done just now."""
        with self._lock:
            if self._asked is not None and time.monotonic() - self._asked < self._seconds:
                return
            self._asked, began = time.monotonic(), int(time.time())
            with translated("list events"):
                listed = self._account.client.v1.events.list(
                    {"types": list(KINDS), "created": {"gte": self._since}, "limit": 100}
                )
                events = list(listed.auto_paging_iter())
            # Stripe lists the newest first.
            keep(self._account, [event.to_dict() for event in reversed(events)])
            self._since = began - OVERLAP_SECONDS


def keep(account: StripeAccount, events: Iterable[Mapping[str, Any]]) -> int:
    """Put into the inbox what concerns this account and is new; how many that were.

    ``events`` are Stripe's own, as plain values.
    """
    told = [event for event in (_told_by(event, account.id) for event in events) if event is not None]
    told_orders = {event.intent_id: event.order_id for event in told if event.order_id}
    with account.database.read() as connection:
        known = payment_events.known(connection, [event.id for event in told])
        new = [
            replace(event, order_id=order_id or payment_events.order_of(connection, event.intent_id) or "")
            for event, order_id in ((event, told_orders.get(event.intent_id)) for event in told)
            if event.id not in known
        ]
    ours = [event for event in new if event.order_id]
    if not ours:
        return 0
    # Alone, so that cursors become visible in their order: a reader goes on from the greatest one that it saw.
    return account.database.write_alone(lambda connection: sum(payment_events.add(connection, event) for event in ours))


def _told_by(event: Mapping[str, Any], account_id: str) -> Event | None:
    """What an event of Stripe tells; without its order where only the records know that."""
    thing = event["data"]["object"]
    kind = KINDS.get(event["type"])
    metadata = thing.get("metadata") or {}
    owner = metadata.get(ACCOUNT)
    intent_id = thing["id"] if thing.get("object") == "payment_intent" else thing.get("payment_intent")
    # A dispute has no metadata of its payment; everything else of ours has.
    is_ours = owner == account_id or (owner is None and thing.get("object") == "dispute")
    if kind is None or not is_ours or not isinstance(intent_id, str):
        return None
    if event["type"] == "charge.dispute.closed" and STATUS.get(thing.get("status", "")) == "lost":
        kind = "dispute.lost"
    order_id = metadata.get(ORDER, "") if owner else ""
    return Event(event["id"], 0, kind, intent_id, order_id, datetime.fromtimestamp(event["created"], UTC))
