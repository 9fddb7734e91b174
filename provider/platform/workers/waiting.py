"""Waiting for an order of one's own, while this process and others work on it."""

from __future__ import annotations

import time

from provider.backend.port import UNPAID
from provider.platform.context import Deadline, Platform
from provider.platform.purchase.outcome import recorded
from provider.platform.records.orders import FINISHED, Order

LOOK_SECONDS = 0.05
ADOPT_SECONDS = 1.0
PAYMENT_SECONDS = 10.0
"""Whether an order is paid is waited for this long in any case: what is not paid is in no state file."""


def wait_for(platform: Platform, order_id: str, deadline: Deadline, executor_id: str) -> Order:
    """The order when it is finished, waits for somebody, or the time is over. Its executor may die meanwhile."""
    from provider.platform.workers.adoption import adopt

    payment = Deadline(PAYMENT_SECONDS)
    looked_at = time.monotonic()
    while True:
        order = recorded(platform, order_id)
        if order.status in FINISHED or order.waits_for is not None:
            return order
        out_of_time = not deadline.left or platform.interrupted.is_set()
        if out_of_time and (order.status not in UNPAID or not payment.left):
            return order
        if time.monotonic() - looked_at > ADOPT_SECONDS:
            adopt(platform, executor_id)
            looked_at = time.monotonic()
        time.sleep(LOOK_SECONDS)
