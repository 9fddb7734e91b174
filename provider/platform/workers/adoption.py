"""Taking up what nobody works on: runs of executors that are gone, orders whose run was lost, waits that are over.

Called again and again by whoever waits for an order, and by workers. Only what nobody holds is touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from dbos import DBOS, WorkflowStatus

from provider.platform.context import Platform
from provider.platform.payments.port import Event
from provider.platform.purchase.flow import RUNNING
from provider.platform.purchase.runs import FLOW, FLOWS, QUEUE, WORKFLOW, run_id
from provider.platform.records import orders
from provider.platform.records.orders import Order
from provider.platform.workers.executor import abandoned, left_behind

_DECIDED = frozenset({"payment.succeeded", "payment.declined", "payment.cancelled"})
_DECIDED_BY_BANK = frozenset({"dispute.won", "dispute.lost"})
_suspects: set[str] = set()
WAITING = frozenset({"ENQUEUED", "DELAYED"})


def adopt(platform: Platform, executor_id: str) -> Sequence[Order]:
    """Take up the runs of executors whose process is gone, and give each open order without a run its next one.

    Returns the orders that got one.
    """
    _take_over(platform, executor_id)
    _take_up_what_fell(executor_id)
    return [order for order in _without_run(platform) if _begin_next(platform, order)]


def of_unknown_flow(platform: Platform) -> Sequence[tuple[Order, str]]:
    """Open orders whose run is of a flow that this program does not know, each with that flow's version."""
    return [
        (order, workflow.app_version)
        for order, workflow in _going_on(platform)
        if workflow is not None
        and workflow.status in (*WAITING, "PENDING")
        and workflow.app_version is not None
        and workflow.app_version not in FLOWS
    ]


def wake_due(platform: Platform) -> None:
    """Begin the next run of each order whose wait is over."""
    now = datetime.now(UTC)
    with platform.database.read() as connection:
        due = [order for order in orders.unfinished(connection) if _is_due(order, now)]
    for order in due:
        _begin_next(platform, order)


def wake_decided(platform: Platform, events: Sequence[Event]) -> None:
    """Begin the next run of each order that waits for its customer, or for a bank, and that the gateway has news of.

    News come late, twice or out of order, and only wake: the run asks the gateway what is true.
    """
    touched = {event.order_id for event in events if event.kind in _DECIDED}
    by_bank = {event.order_id for event in events if event.kind in _DECIDED_BY_BANK}
    if not touched | by_bank:
        return
    with platform.database.read() as connection:
        waiting = [order for order in orders.unfinished(connection) if order.waits_for is not None]
    for order in waiting:
        of_customer = order.waits_for == "customer" and order.id in touched
        if of_customer or (order.waits_for == "bank" and order.id in by_bank):
            _begin_next(platform, order)


def somebody_waits(platform: Platform) -> bool:
    """Whether an order waits for what the gateway will tell: a confirmation, or a bank's decision."""
    with platform.database.read() as connection:
        return any(order.waits_for in ("customer", "bank") for order in orders.unfinished(connection))


def _begin_next(platform: Platform, order: Order) -> bool:
    return platform.database.write(lambda connection: platform.runs.enqueue_next(connection, order))


def _is_due(order: Order, now: datetime) -> bool:
    if order.waits_for is None or order.waits_for == "customer":
        return False
    return order.retry_at is None or order.retry_at <= now


def _take_over(platform: Platform, executor_id: str) -> None:
    running: dict[str, list[WorkflowStatus]] = defaultdict(list)
    for workflow in _workflows(status="PENDING"):
        running[workflow.executor_id or ""].append(workflow)
    for other in {*running, *left_behind(platform.folder)} - {executor_id}:
        with abandoned(platform.folder, other) as is_abandoned:
            if not is_abandoned:
                continue
            # Looked at again: whoever held the lock until now may have taken them.
            for workflow in _workflows(status="PENDING", executor_id=other):
                if workflow.app_version == FLOW:
                    DBOS.resume_workflow(workflow.workflow_id, queue_name=QUEUE)
                elif workflow.app_version in FLOWS:
                    # An earlier flow's run is over; its order goes on with a run of today's flow.
                    DBOS.cancel_workflow(workflow.workflow_id)


def _take_up_what_fell(executor_id: str) -> None:
    """Runs that this process had begun and dropped, because the engine could not write what came of a step."""
    global _suspects
    begun = {workflow.workflow_id for workflow in _workflows(status="PENDING", executor_id=executor_id)}
    dropped = begun - RUNNING
    for fallen in dropped & _suspects:  # twice, because a run is recorded a moment before it runs
        DBOS.resume_workflow(fallen, queue_name=QUEUE)
    _suspects = dropped - _suspects


def _without_run(platform: Platform) -> Iterator[Order]:
    """Open orders that wait for nobody and that no run takes forward: it failed, or is of an earlier flow."""
    for order, workflow in _going_on(platform):
        if workflow is not None and workflow.status in WAITING and workflow.app_version in FLOWS[:-1]:
            DBOS.cancel_workflow(workflow.workflow_id)
            yield order
        elif workflow is None or workflow.status not in (*WAITING, "PENDING"):
            yield order


def _going_on(platform: Platform) -> Sequence[tuple[Order, WorkflowStatus | None]]:
    """Open orders that wait for nobody, each with the run that is to take it forward."""
    with platform.database.read() as connection:
        going_on = [order for order in orders.unfinished(connection) if order.waits_for is None]
    if not going_on:
        return []
    ids = [run_id(order.id, order.run) for order in going_on]
    known = {workflow.workflow_id: workflow for workflow in _workflows(workflow_ids=ids)}
    return [(order, known.get(run_id(order.id, order.run))) for order in going_on]


def _workflows(**which: object) -> list[WorkflowStatus]:
    return DBOS.list_workflows(name=WORKFLOW, load_input=False, load_output=False, **which)  # type: ignore[arg-type]
