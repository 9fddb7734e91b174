"""What the servers on each host have bought of it, computed from what is recorded about them anyway.

A server that lives, with its host, and an order that is not finished *are* the reservation: nothing beside them could
say something else. Read in the transaction that places an order, of which two never see the same free room.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from provider.commerce.catalogue import Characteristics
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.commerce.contract import ResourceType
from provider.platform.database import tables
from provider.platform.hypervisor.placement import NOTHING, plus
from provider.platform.hypervisor.port import Capacity
from provider.platform.records import orders


def capacity_of(characteristics: Characteristics) -> Capacity:
    """What characteristics take of a host."""
    return Capacity(characteristics.vcpus, characteristics.memory_gib, characteristics.disk_gib)


def reserved(connection: Connection) -> dict[str | None, Capacity]:
    """By host. Sleeping, switched off and suspended servers count: each may come back at any time."""
    bought = _bought(connection)
    offers = {row.id: Characteristics(**row.characteristics) for row in connection.execute(select(tables.offers))}
    found: dict[str | None, Capacity] = defaultdict(lambda: NOTHING)
    for server in bought.values():
        if server.offer is not None:
            has = offers[server.offer].plus(server.quantities)
            found[server.host] = plus(found[server.host], capacity_of(has))
    return found


@dataclass(slots=True)
class _Server:
    """What a server has by its contract and by what is being bought for it."""

    host: str | None
    offer: str | None
    quantities: dict[ResourceType, int]


def _bought(connection: Connection) -> dict[str, _Server]:
    """By contract."""
    servers, lines = tables.servers, tables.lines
    living = servers.c.status != "ended"
    found = {
        row.contract_id: _Server(row.host, None, {})
        for row in connection.execute(select(servers.c.contract_id, servers.c.host).where(living))
    }
    held = select(lines.c.contract_id, lines.c.line, lines.c.offer, lines.c.quantity)
    for row in connection.execute(held.join(servers, servers.c.contract_id == lines.c.contract_id).where(living)):
        if row.line == "solution":
            found[row.contract_id].offer = row.offer
        else:
            found[row.contract_id].quantities[row.line] = row.quantity
    for order in orders.unfinished(connection):
        server = found.get(order.contract_id)
        if server is None:
            continue
        match order.proposal.change:
            case NewContract(offer=offer) | SwitchSolution(offer=offer):
                server.offer = offer
            case SetQuantity(type=kind, quantity=quantity):
                server.quantities[kind] = quantity
    return found
