"""``qualit work``: the worker, which takes open orders forward; in the foreground, or left behind by an apply."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import money, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.platform.lapse import Lapsed
    from provider.platform.reconcile.finding import Finding
    from provider.platform.records.orders import Order


def work(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when no order is open that could go on within two minutes.")
    ] = False,
) -> None:
    """Take open orders forward, and renew what is due.

    It pays, delivers and refunds; it renews contracts a day before their end, and suspends or ends what is not paid.
    It works beside every apply, on the orders that nobody works on, and does what `qualit reconcile` does once a
    minute. Stop it with Ctrl-C at any time: nothing is lost.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    with open_backend() as backend:
        print_text("Working. Ctrl-C stops." if not until_idle else "Working until nothing is open.")
        backend.work(until_idle=until_idle, report=_report, found=_found, ended=_ended, unrenewed=_unrenewed, stop=stop)
    print_text("Stopped." if stop.is_set() else "Nothing is open that could go on now.")


def _report(order: Order) -> None:
    state = f"{order.status}, waits for the {order.waits_for}" if order.waits_for else order.status
    amount = money(order.due.amount, order.due.currency)
    at = datetime.now(UTC)
    print_text(f"{at:%H:%M:%S} {order.id}  {order.name}: {order.description}, {amount}: {state}")


def _ended(lapsed: Lapsed) -> None:
    what = {
        "suspended": "is suspended: its machine is off. `qualit status` says why, and what to do.",
        "ended": "has ended: its machine and its disk are deleted.",
    }.get(lapsed.status, "is not suspended any more: its machine is as it was.")
    print_text(f"{datetime.now(UTC):%H:%M:%S} {lapsed.name} {what}")


def _unrenewed(name: str, why: str) -> None:
    print_text(f"{datetime.now(UTC):%H:%M:%S} {name} is not renewed: {why}")


def _found(finding: Finding) -> None:
    at = datetime.now(UTC)
    what = "repaired" if finding.is_repaired else finding.severity
    print_text(f"{at:%H:%M:%S} {finding.subject}  {what}, {finding.code}: {finding.wrong} {finding.remedy}")
