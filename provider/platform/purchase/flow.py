"""The durable flow of a purchase: placed → paying → paid → provisioning → active; or declined, cancelled, refunded.

Called by the workflow engine, on the platform that ``work_for`` names. Each step runs at least once, looks before it
acts and records what came of it; what it learns by looking is recorded with it, so that a replay takes the same way.
Changing the steps needs a new ``runs.FLOW``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

from dbos import DBOS

from provider.backend.port import UnavailableError
from provider.platform.context import RETRY_SECONDS, Platform
from provider.platform.hypervisor.port import DeliveryImpossibleError, HostFailedError, HypervisorUnavailableError
from provider.platform.locks import contract_lock
from provider.platform.payments.port import (
    DisputedError,
    GatewayKeyError,
    GatewayRefusedError,
    GatewayUnavailableError,
)
from provider.platform.purchase import deliver, pay, refund
from provider.platform.purchase.runs import WORKFLOW, run_id
from provider.platform.records import orders
from provider.platform.records.orders import FINISHED, Order, WaitsFor

TURN_SECONDS = 3600.0
"""How long a run waits for another purchase on its contract; none takes that long, and a dead one holds nothing."""

LONGEST_RETRY_SECONDS = 300

RECORDS_ATTEMPTS = 8
"""How often a step that only reads or writes records is tried, ever more slowly, while their database is away."""

OVER = "over"
"""What a step says when its run has nothing to do any more: the order is finished, or has another run."""

WAITS: dict[str, WaitsFor] = {name: name for name in get_args(WaitsFor)}
RUNNING: set[str] = set()
"""The runs that are on the way in this process."""

_log = logging.getLogger("qualit.purchase")
_platform: Platform | None = None


def work_for(platform: Platform | None) -> None:
    """The platform that steps work on in this process, from now on."""
    global _platform
    _platform = platform


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
def purchase(order_id: str, contract_id: str, run: int) -> str:
    """Take an order to its end, or to where it waits for somebody. One purchase at a time on one contract."""
    RUNNING.add(run_id(order_id, run))
    try:
        with contract_lock(_present().folder, contract_id, seconds=TURN_SECONDS):
            return _take_forward(order_id, run)
    finally:
        RUNNING.discard(run_id(order_id, run))


def _take_forward(order_id: str, run: int) -> str:
    pauses = iter(RETRY_SECONDS)
    status = look(order_id, run)
    while status in STEPS:
        result = STEPS[status](order_id, run)
        if result not in WAITS:
            status = result
            continue
        pause = None if result == "customer" else next(pauses, None)
        if pause is None:
            return park(order_id, run, WAITS[result])
        DBOS.sleep(pause)
    return status


@DBOS.step(name="look", retries_allowed=True, max_attempts=RECORDS_ATTEMPTS)
def look(order_id: str, run: int) -> str:
    """The status that a run finds its order in, or ``OVER``."""
    order = _order(order_id, run)
    return order.status if order else OVER


@DBOS.step(name="park", retries_allowed=True, max_attempts=RECORDS_ATTEMPTS)
def park(order_id: str, run: int, waits_for: WaitsFor) -> str:
    """End a run that cannot go on now: the order waits, and a worker tries again later."""
    retry_at = None
    if waits_for != "customer":
        seconds = min(LONGEST_RETRY_SECONDS, 5 * 2 ** min(run - 1, 10))
        retry_at = datetime.now(UTC) + timedelta(seconds=seconds)
    _present().database.write(lambda connection: orders.end_run(connection, order_id, run, waits_for, retry_at))
    return f"waits for {waits_for}"


@DBOS.step(name="create_payment")
def create_payment(order_id: str, run: int) -> str:
    return _try(order_id, run, pay.create_payment)


@DBOS.step(name="confirm_payment")
def confirm_payment(order_id: str, run: int) -> str:
    return _try(order_id, run, pay.confirm_payment)


@DBOS.step(name="begin_delivery")
def begin_delivery(order_id: str, run: int) -> str:
    return _try(order_id, run, deliver.begin_delivery)


@DBOS.step(name="deliver")
def deliver_machine(order_id: str, run: int) -> str:
    return _try(order_id, run, _deliver)


@DBOS.step(name="activate")
def activate(order_id: str, run: int) -> str:
    return _try(order_id, run, deliver.activate)


@DBOS.step(name="refund")
def refund_payment(order_id: str, run: int) -> str:
    return _try(order_id, run, refund.refund)


DELIVERED = "delivered"
"""The machine is what was paid for, and the contract does not say so yet."""

STEPS: dict[str, Callable[[str, int], str]] = {
    "placed": create_payment,
    "paying": confirm_payment,
    "action_required": confirm_payment,
    "paid": begin_delivery,
    "provisioning": deliver_machine,
    DELIVERED: activate,
    "refunding": refund_payment,
}


def _deliver(platform: Platform, order: Order) -> str | None:
    """What a host fails at is tried again at once: a QEMU that died is started again. Then it counts as a no (N3)."""
    for pause in (*RETRY_SECONDS, None):
        try:
            deliver.deliver(platform, order)
        except DeliveryImpossibleError as error:
            refund.begin_refund(platform, order, f"It cannot be delivered: {error}.")
            return None
        except HostFailedError as error:
            if pause is None:
                refund.begin_refund(platform, order, f"It cannot be delivered, the host fails each time: {error}.")
                return None
            time.sleep(pause)
        else:
            return DELIVERED
    return None


def _try(order_id: str, run: int, act: Callable[[Platform, Order], str | None]) -> str:
    """Do a step's work: the status after it, or whom it waits for. Nothing that it meets ends the workflow."""
    platform = _present()
    try:
        order = _order(order_id, run)
        if order is None:
            return OVER
        after = act(platform, order)
        if after is not None:
            return after
        order = _order(order_id, run)
        if order is None:
            return OVER
        return "customer" if order.status == "action_required" else order.status
    except GatewayKeyError as error:
        return _note(platform, order_id, "gateway", f"The payment gateway waits for its key: {error}.")
    except GatewayUnavailableError as error:
        return _note(platform, order_id, "gateway", f"The payment gateway does not answer: {error}.")
    except DisputedError as error:
        return _note(platform, order_id, "gateway", f"The refund waits for the bank's decision: {error}.")
    except GatewayRefusedError as error:
        return _note(platform, order_id, "gateway", f"The payment gateway refused: {error}.")
    except HypervisorUnavailableError as error:
        return _note(platform, order_id, "host", f"The host cannot be reached: {error}. {error.remedy}")
    except UnavailableError as error:
        _log.warning("%s: %s", order_id, error)
        return "records"
    except Exception as error:  # noqa: BLE001 - the order waits for a worker instead of losing its workflow
        _log.exception("%s could not go on", order_id)
        return _note(
            platform, order_id, "worker", f"Unexpected {type(error).__name__}; see the log in the home folder."
        )


def _note(platform: Platform, order_id: str, waits_for: WaitsFor, failure: str) -> WaitsFor:
    platform.database.write(lambda connection: orders.note_failure(connection, order_id, failure))
    return waits_for


def _order(order_id: str, run: int) -> Order | None:
    """The order of a run, unless it is finished or another run has it."""
    with _present().database.read() as connection:
        order = orders.get(connection, order_id)
    return None if order is None or order.run != run or order.status in FINISHED else order


def _present() -> Platform:
    if _platform is None:
        raise LookupError("no platform is open in this process")
    return _platform
