"""Servers: what runs on a contract, and what its customer has set at no charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from provider.backend.port import PowerState, ServerSettings
from provider.commerce.catalogue import Characteristics
from provider.platform.database import tables

_servers = tables.servers

StoredStatus = Literal["reserved", "provisioning", "active", "ended"]
"""``reserved`` while it is not paid for, ``provisioning`` until it is delivered."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as it is recorded. ``power_state`` is the wished one; ``installed_os`` what its disk has.

    ``host`` is where its machine is or is to be; None of one that was placed when there was only one host.
    """

    id: str
    contract_id: str
    name: str
    generation: int
    status: StoredStatus
    machine_uuid: str
    host: str | None
    installed_os: str | None
    ceiling: Characteristics
    power_state: PowerState
    hostname: str | None
    ssh_keys: tuple[str, ...]
    labels: Mapping[str, str]
    deletion_protection: bool
    allow_restart: bool
    created_at: datetime

    @property
    def settings(self) -> ServerSettings:
        return ServerSettings(
            power_state=self.power_state,
            hostname=self.hostname,
            ssh_keys=self.ssh_keys,
            labels=dict(self.labels),
            deletion_protection=self.deletion_protection,
            allow_restart=self.allow_restart,
        )


def insert_server(connection: Connection, server: Server) -> None:
    values = {name: getattr(server, name) for name in server.__slots__}
    values |= {
        "ceiling": server.ceiling.model_dump(),
        "ssh_keys": list(server.ssh_keys),
        "labels": dict(server.labels),
    }
    connection.execute(insert(_servers).values(values))


def get_living(connection: Connection, server_id: str) -> Server | None:
    return _first(connection, _servers.c.id == server_id)


def exists(connection: Connection, server_id: str) -> bool:
    """Whether there is or was a server of an id."""
    return connection.execute(select(_servers.c.id).where(_servers.c.id == server_id)).first() is not None


def living_named(connection: Connection, name: str) -> Server | None:
    return _first(connection, _servers.c.name == name)


def living_on(connection: Connection, contract_id: str) -> Server | None:
    """The server that runs on a contract."""
    return _first(connection, _servers.c.contract_id == contract_id)


def living(connection: Connection) -> Sequence[Server]:
    """Oldest first."""
    rows = connection.execute(
        select(_servers).where(_servers.c.status != "ended").order_by(_servers.c.created_at, _servers.c.name)
    )
    return [_server(row) for row in rows]


def every(connection: Connection) -> Sequence[Server]:
    """All that there ever were, oldest first."""
    rows = connection.execute(select(_servers).order_by(_servers.c.created_at, _servers.c.name))
    return [_server(row) for row in rows]


def last_generation(connection: Connection, name: str) -> Server | None:
    """The latest server of a name, ended or not."""
    row = connection.execute(
        select(_servers).where(_servers.c.name == name).order_by(_servers.c.generation.desc()).limit(1)
    ).first()
    return _server(row) if row else None


def configure(connection: Connection, server_id: str, settings: ServerSettings) -> None:
    """Record what a customer sets; user data is not kept (N8)."""
    _update(
        connection,
        server_id,
        power_state=settings.power_state,
        hostname=settings.hostname,
        ssh_keys=list(settings.ssh_keys),
        labels=dict(settings.labels),
        deletion_protection=settings.deletion_protection,
        allow_restart=settings.allow_restart,
    )


def installed(connection: Connection, server_id: str, *, os: str, ceiling: Characteristics) -> None:
    """Record which system the machine's disk has, and the room for growth that it was started with."""
    _update(connection, server_id, installed_os=os, ceiling=ceiling.model_dump())


def on_host(connection: Connection, server_id: str, host: str) -> None:
    """Record what the host of a server is called now."""
    _update(connection, server_id, host=host)


def set_status(
    connection: Connection, server_id: str, status: StoredStatus, *, ended_at: datetime | None = None
) -> None:
    _update(connection, server_id, status=status, ended_at=ended_at)


def forget(connection: Connection, server_id: str) -> None:
    """Remove a server that never was."""
    connection.execute(_servers.delete().where(_servers.c.id == server_id))


def _update(connection: Connection, server_id: str, **values: Any) -> None:
    connection.execute(update(_servers).where(_servers.c.id == server_id).values(**values))


def _first(connection: Connection, condition: Any) -> Server | None:
    row = connection.execute(select(_servers).where(condition, _servers.c.status != "ended")).first()
    return _server(row) if row else None


def _server(row: Row[Any]) -> Server:
    values = {name: getattr(row, name) for name in Server.__slots__}
    values |= {"ceiling": Characteristics(**row.ceiling), "ssh_keys": tuple(row.ssh_keys)}
    return Server(**values)
