"""What a placed order reserves, and how it is let go when nothing was bought."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.platform.records import addresses, contracts, servers
from provider.platform.records.orders import Order


def drop_reservation(connection: Connection, order: Order) -> str | None:
    """Release an order's addresses and, of a new contract, everything; the id of the server that is gone with it."""
    addresses.release(connection, order_id=order.id)
    if order.kind != "new":
        return None
    server = servers.living_on(connection, order.contract_id)
    contracts.forget(connection, order.contract_id)
    return server.id if server else None
