"""Runs: each is one durable workflow that takes an order forward, enqueued in the transaction that wants it.

The workflow engine is DBOS (https://docs.dbos.dev). Its tables stand in the platform's own database, so that an order
and its run are one commit. An order whose run ended without finishing it gets the next run, numbered; a run that was
replaced does nothing any more. So a run is disposable, and the order's status is the truth.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection

from provider.platform.records import orders
from provider.platform.records.orders import Order

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "qualit"
QUEUE = "purchases"
WORKFLOW = "purchase"
FLOW = "1"
"""The version of the purchase's flow. One that has other steps, or the same in another order, gets the next number."""
FLOWS = (FLOW,)
"""Every version that there was, oldest first; docs/decisions/0015 says how one succeeds another."""


def run_id(order_id: str, run: int) -> str:
    """The workflow id of an order's run."""
    return f"{order_id}.{run}"


class RunQueue:
    """Enqueues runs on connections to one database, in the caller's transaction."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def enqueue(self, connection: Connection, order: Order) -> None:
        """Enqueue the run that an order has the number of."""
        self.client.enqueue_in_transaction(
            connection,
            {
                "queue_name": QUEUE,
                "workflow_name": WORKFLOW,
                "workflow_id": run_id(order.id, order.run),
                "app_version": FLOW,
            },
            order.id,
            order.contract_id,
            order.run,
        )

    def enqueue_next(self, connection: Connection, order: Order) -> bool:
        """Begin an order's next run; False when it needs none, because somebody else did or it is finished."""
        run = orders.begin_run(connection, order)
        if run is None:
            return False
        begun = orders.get(connection, order.id)
        if begun is None:
            raise LookupError(f"the order {order.id} is gone")
        self.enqueue(connection, begun)
        return True

    @property
    def client(self) -> DBOSClient:
        """The engine's client, made when it is first needed: importing the engine takes half a second."""
        with self._lock:
            if self._client is None:
                from dbos import DBOSClient, DBOSPortableJSONSerializer

                self._client = DBOSClient(
                    system_database_url=self._url.render_as_string(hide_password=False),
                    serializer=DBOSPortableJSONSerializer(),
                    application_name=APPLICATION,
                    lazy=True,
                )
            return self._client

    def close(self) -> None:
        """Release the client's connections; it is made again when it is needed again."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
            self._client = None
