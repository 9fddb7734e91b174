"""The work of a worker: take up what is open, wake what has waited long enough, and what time brings about."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from provider.backend.port import UnavailableError
from provider.platform import disputes, lapse
from provider.platform.context import Deadline, Platform
from provider.platform.lapse import Lapsed
from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
from provider.platform.purchase import cancel
from provider.platform.reconcile.finding import ORDER_TAKEN_UP, Finding
from provider.platform.reconcile.reconcile import reconcile
from provider.platform.records import orders
from provider.platform.records.orders import Order
from provider.platform.renewal import Renewer, Unrenewed
from provider.platform.workers.engine import serving

LOOK_SECONDS = 0.5
SOON_SECONDS = 120.0
"""A worker that ends when it is idle still waits for retries that are due within this time."""

RECONCILE_SECONDS = 60.0
"""How often a worker compares orders, ledger, gateway and machines."""

NEWS_SECONDS = 10.0
"""How often a worker asks the gateway for news while nobody waits for any: of disputes, of refunds by hand."""

PATIENCE_SECONDS = 300.0
"""How long a worker waits for its database to come back."""

Report = Callable[[Order], None]
"""Called with each order whose status or wait has changed since it was last looked at."""

Found = Callable[[Finding], None]
"""Called with each finding of the reconciler, again only after it was gone."""


Ended = Callable[[Lapsed], None]
"""Called with each contract that was suspended, brought back or ended."""


def work(
    platform: Platform,
    *,
    until_idle: bool,
    report: Report,
    found: Found,
    ended: Ended,
    unrenewed: Unrenewed,
    stop: threading.Event,
) -> None:
    """Run purchases until ``stop`` is set; with ``until_idle`` until nothing is open that could go on soon.

    It reconciles once a minute, and before it ends because nothing is left to do.

    Raises:
        UnavailableError: the home or its database cannot be used for longer than a restart takes.
    """
    from provider.platform.workers import adoption

    watch = _Watch(platform, report)
    renewer = Renewer(platform, unrenewed)
    reconciler = _Reconciler(platform, found)
    with ExitStack() as stack:
        executor_id = _serve(stack, platform, stop)
        answered = time.monotonic()
        ear = _Ear(platform)
        while not stop.wait(LOOK_SECONDS):
            try:
                adoption.adopt(platform, executor_id)
                adoption.wake_due(platform)
                ear.listen()
                for lapsed in _let_time_pass(platform, renewer):
                    ended(lapsed)
                open_orders = watch.look()
                is_idle = until_idle and not any(map(_goes_on_soon, open_orders))
                took_up = reconciler.reconcile() if is_idle or reconciler.is_due else False
            except UnavailableError:
                if time.monotonic() - answered > PATIENCE_SECONDS:
                    raise
                continue
            answered = time.monotonic()
            if is_idle and not took_up:
                return


def _serve(stack: ExitStack, platform: Platform, stop: threading.Event) -> str:
    """Begin to run purchases, also where the database that was there a moment ago is just being restarted."""
    deadline = Deadline(PATIENCE_SECONDS)
    while True:
        try:
            return stack.enter_context(serving(platform))
        except UnavailableError:
            if not deadline.left or stop.wait(LOOK_SECONDS):
                raise


def _goes_on_soon(order: Order) -> bool:
    if order.waits_for is None:
        return True
    if order.waits_for == "customer" or order.retry_at is None:
        return order.waits_for != "customer"
    return order.retry_at.timestamp() - time.time() < SOON_SECONDS


def _let_time_pass(platform: Platform, renewer: Renewer) -> list[Lapsed]:
    """What becomes due: payments that nobody confirmed, renewals, contracts that were not renewed."""
    with suppress(GatewayUnavailableError, GatewayRefusedError):  # The next look tries again.
        cancel.cancel_unconfirmed(platform)
        renewer.renew_due()
    # What is not paid for is suspended whether the gateway answers or not (L2).
    return lapse.suspend_and_end(platform)


class _Ear:
    """Hears what the gateway tells, from the beginning; what was heard before changes nothing.

    While nobody waits for it, a real gateway is asked now and then only.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._after = 0
        self._asked = -math.inf
        self._unsettled: frozenset[str] = frozenset()

    def listen(self) -> None:
        from provider.platform.workers import adoption

        is_due = time.monotonic() - self._asked > NEWS_SECONDS or adoption.somebody_waits(self._platform)
        try:
            events = self._platform.gateway.events(self._after) if is_due else ()
            adoption.wake_decided(self._platform, events)
            self._unsettled = disputes.hear(self._platform, events, self._unsettled)
        except (GatewayUnavailableError, GatewayRefusedError):
            return  # The next look asks again.
        if is_due:
            self._asked = time.monotonic()
        self._after = max((event.cursor for event in events), default=self._after)


class _Reconciler:
    def __init__(self, platform: Platform, found: Found) -> None:
        self._platform = platform
        self._found = found
        self._known: frozenset[tuple[str, str, str]] = frozenset()
        self._last = time.monotonic()

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._last > RECONCILE_SECONDS

    def reconcile(self) -> bool:
        """Compare and repair, and tell what is new; whether an order was taken up by it."""
        self._last = time.monotonic()
        try:
            result = reconcile(self._platform)
        except (GatewayUnavailableError, GatewayRefusedError):
            return False  # The next look tries again.
        findings = [*result.repaired, *result.unexplained, *result.information]
        for finding in findings:
            if _key(finding) not in self._known:
                self._found(finding)
        self._known = frozenset(map(_key, findings))
        return any(finding.code == ORDER_TAKEN_UP for finding in result.repaired)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.subject, finding.wrong


class _Watch:
    def __init__(self, platform: Platform, report: Report) -> None:
        self._platform = platform
        self._report = report
        self._seen: dict[str, Order] = {}

    def look(self) -> list[Order]:
        """The open orders now, after what changed was reported."""
        with self._platform.database.read() as connection:
            present = {order.id: order for order in orders.unfinished(connection)}
            gone = [order for id_ in self._seen.keys() - present.keys() if (order := orders.get(connection, id_))]
        for order in (*gone, *present.values()):
            before = self._seen.get(order.id)
            if before is None or (before.status, before.waits_for) != (order.status, order.waits_for):
                self._report(order)
        self._seen = present
        return list(present.values())
