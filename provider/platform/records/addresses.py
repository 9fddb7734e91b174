"""IPv4 addresses: reserved when an order is placed, before the host is asked to lease them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from provider.backend.port import UnavailableError
from provider.platform.database import tables
from provider.platform.hypervisor.port import Address
from provider.platform.identifiers import mac_address

_addresses = tables.addresses

Source = Literal["offer", "addition"]
"""What an address is paid with."""


@dataclass(frozen=True, slots=True)
class AddressPool:
    """The network that a host takes addresses from, and those that it has given out."""

    subnet: str
    in_use: frozenset[str]


def reserve(
    connection: Connection,
    server_id: str,
    *,
    wanted: int,
    source: Source,
    order_id: str | None,
    pool: AddressPool | None,
) -> None:
    """Make the server's addresses of one source ``wanted``; more than that stay.

    Raises:
        UnavailableError: the network has no free address.
    """
    rows = connection.execute(select(_addresses.c.ip, _addresses.c.mac)).all()
    taken, macs = {row.ip for row in rows}, {row.mac for row in rows}
    own = connection.execute(
        select(_addresses.c.source, _addresses.c.position).where(_addresses.c.server_id == server_id)
    ).all()
    missing = wanted - sum(row.source == source for row in own)
    if missing <= 0:
        return
    if pool is None:
        raise ValueError("addresses are reserved from a pool")
    position = max((row.position for row in own), default=-1) + 1
    candidates = _candidates(pool, server_id, taken)
    for number in range(missing):
        address = next(((ip, mac) for ip in candidates if (mac := mac_address(server_id, ip)) not in macs), None)
        if address is None:
            raise UnavailableError(
                "No free IPv4 address",
                f"All addresses of the network {pool.subnet} are taken. Nothing was ordered. End a server that is "
                "not needed, or enlarge the network.",
            )
        connection.execute(
            insert(_addresses).values(
                ip=address[0],
                mac=address[1],
                server_id=server_id,
                position=position + number,
                source=source,
                order_id=order_id,
            )
        )


def of_server(connection: Connection, server_id: str) -> tuple[Address, ...]:
    """In the order in which the machine got them."""
    return tuple(Address(row.ip, row.mac) for row in _rows(connection, server_id))


def shown(connection: Connection, server_id: str) -> tuple[str, ...]:
    """The offer's own addresses first, then those of additions."""
    rows = _rows(connection, server_id)
    return tuple(row.ip for source in ("offer", "addition") for row in rows if row.source == source)


def release(connection: Connection, *, order_id: str | None = None, server_id: str | None = None) -> None:
    """Give back what an order reserved, or all that a server has."""
    if order_id is not None:
        connection.execute(delete(_addresses).where(_addresses.c.order_id == order_id))
    if server_id is not None:
        connection.execute(delete(_addresses).where(_addresses.c.server_id == server_id))


def _candidates(pool: AddressPool, server_id: str, taken: Collection[str]) -> Iterator[str]:
    """Free addresses, beginning at a place that follows from the server.

    Another home on the same host sees an address as taken only once the host has leased it; beginning at
    different places keeps two that buy at the same time apart.
    """
    network = IPv4Network(pool.subnet)
    # Without the network's own address, the gateway's (the first) and the broadcast address.
    count = network.num_addresses - 3
    start = int.from_bytes(hashlib.sha256(server_id.encode()).digest()[:4]) % max(count, 1)
    for step in range(count):
        ip = str(network.network_address + 2 + (start + step) % count)
        if ip not in taken and ip not in pool.in_use:
            yield ip


def _rows(connection: Connection, server_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(_addresses).where(_addresses.c.server_id == server_id).order_by(_addresses.c.position)
    ).all()
