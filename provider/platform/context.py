"""What the platform's functions work on: its records, its clock, the gateway, the hypervisor."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from provider.backend.port import ContractKind, Identity
from provider.commerce.catalogue import Catalogue
from provider.platform import identifiers
from provider.platform.clock import Clock
from provider.platform.database.engine import Database
from provider.platform.home import last_instant
from provider.platform.hypervisor.hosts import Hosts
from provider.platform.hypervisor.port import Hypervisor
from provider.platform.payments.port import PaymentGateway
from provider.platform.purchase.runs import RunQueue
from provider.platform.records import contracts, servers

RETRY_SECONDS = (0.2, 1.0, 3.0)
"""The pauses before something that is out of reach is tried again; after the last one somebody is told."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One account's platform in this process; safe to use from several threads.

    ``hosts`` connect when they are first asked. ``redefines_machines`` is true for a host that forgets its
    machines, so that a missing one is made again whenever it is looked at. Once ``interrupted`` is set nobody waits
    for an order any more.
    """

    folder: Path
    account_id: str
    database: Database
    clock: Clock
    catalogue: Catalogue
    gateway: PaymentGateway
    libvirt_uri: str
    hosts: Hosts
    runs: RunQueue
    redefines_machines: bool = False
    interrupted: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The platform's time."""
        with self.database.read() as connection:
            return self.now_in(connection)

    def now_in(self, connection: Connection) -> datetime:
        """The same, in a transaction."""
        return self.clock.now(last_instant(connection))

    def hypervisor_of(self, server: servers.Server) -> Hypervisor:
        """The host that a server is recorded on; not to be called in a transaction.

        Raises:
            HypervisorUnavailableError: it does not answer, or is not in the list of hosts.
        """
        hypervisor = self.hosts.of(server.host, server.machine_uuid, server.name)
        if server.host != hypervisor.host:  # it was renamed
            self.database.write(lambda connection: servers.on_host(connection, server.id, hypervisor.host))
        return hypervisor

    def identity(self, kind: ContractKind, name: str) -> Identity:
        """The ids of a name's next purchase (L6)."""
        with self.database.read() as connection:
            return self.identity_in(connection, kind, name)

    def identity_in(self, connection: Connection, kind: ContractKind, name: str) -> Identity:
        """The same, in a transaction."""
        if kind == "vps":
            server = servers.last_generation(connection, name)
            generation = _next(server.generation, server.status) if server else 0
            server_id = identifiers.server_id(self.account_id, name, generation)
            return Identity(name, generation, identifiers.contract_id_of_server(server_id), server_id)
        contract = contracts.last_generation(connection, kind, name)
        generation = _next(contract.generation, contract.status) if contract else 0
        return Identity(name, generation, identifiers.contract_id_of_order(self.account_id, name, generation), None)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a caller waits."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        return max(0.0, self.started + self.seconds - time.monotonic())

    def pause(self, seconds: float) -> bool:
        """Wait before another attempt; False, at once, when there is no time for it."""
        if self.left < seconds:
            return False
        time.sleep(seconds)
        return True


def _next(generation: int, status: str) -> int:
    """One that is not delivered yet is itself the name's next purchase."""
    return generation if status in ("ordered", "reserved", "provisioning") else generation + 1
