"""What is compared, read into plain values: the orders and the ledger, the gateway's payments, the machines.

The gateway is read before the records: an order is committed before it is paid, so that none is taken for unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, select

from provider.backend.port import DisputeStatus, OrderStatus, PowerState
from provider.commerce.catalogue import Characteristics
from provider.money import Money
from provider.platform import identifiers
from provider.platform.context import Platform
from provider.platform.database import tables
from provider.platform.hypervisor.port import (
    DeliveryImpossibleError,
    HypervisorUnavailableError,
    Machine,
    UnlistedHostError,
)
from provider.platform.ledger import Entry, EntryKind, entries
from provider.platform.machines import specification
from provider.platform.payments.port import Intent
from provider.platform.records import contracts, disputes, orders, receipts, servers

MachineState = Literal["active", "suspended", "ended"]
"""What the records say about a machine's server: it is to be there, to be switched off, to be gone."""


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order; ``is_over`` when its contract has ended, or was given up before it began. ``dispute`` is what the
    records know of a dispute of its own payment."""

    id: str
    contract_id: str
    name: str
    status: OrderStatus
    due: Money
    intent_id: str | None
    is_over: bool = False
    dispute: DisputeStatus | None = None


@dataclass(frozen=True, slots=True)
class MachineFact:
    """A server's machine; ``machine`` is None when the host has none of its UUID, ``elsewhere`` the host that has it
    when that is not the one that was asked, ``wanted`` what was paid for, ``power_state`` what its customer wishes.
    ``has_disk`` tells of one that the host has not, ``has_room`` of one that stands still."""

    server_id: str
    contract_id: str
    name: str
    uuid: str
    state: MachineState
    machine: Machine | None
    wanted: Characteristics | None = None
    elsewhere: str | None = None
    power_state: PowerState = "running"
    has_disk: bool = True
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """``cash`` is what the gateway itself counts; None where only one contract was looked at. ``unreachable`` says why
    machines could not be looked at. ``forgets_machines`` is true for a host that makes a missing machine again.
    ``undocumented`` are orders with an entry that has no receipt, ``missing_numbers`` are of receipts that are gone.
    """

    orders: tuple[OrderFact, ...] = ()
    entries: tuple[Entry, ...] = ()
    stray_postings: tuple[str, ...] = ()
    intents: tuple[Intent, ...] = ()
    cash: Mapping[str, Decimal] | None = None
    machines: tuple[MachineFact, ...] = ()
    unreachable: str | None = None
    forgets_machines: bool = False
    undocumented: tuple[tuple[str, EntryKind], ...] = ()
    missing_numbers: tuple[str, ...] = ()


def read_facts(platform: Platform, contract_id: str | None = None) -> Facts:
    """The facts of the home, or of one contract alone.

    Raises:
        GatewayUnavailableError: the gateway does not answer.
    """
    cash = platform.gateway.cash() if contract_id is None else None
    intents = tuple(platform.gateway.intents())
    # A payment may have been charged between the two; then the sum is asked for once more.
    for _ in range(5):
        again = platform.gateway.cash() if contract_id is None else None
        if again == cash:
            break
        cash, intents = again, tuple(platform.gateway.intents())
    with platform.database.read() as connection:
        over = _contracts_over(connection)
        noticed = {payment_id: known.status for payment_id, known in disputes.every(connection).items()}
        found = tuple(
            OrderFact(
                o.id,
                o.contract_id,
                o.name,
                o.status,
                o.due,
                o.intent_id,
                o.contract_id in over,
                noticed.get(o.intent_id or ""),
            )
            for o in orders.of_contract(connection, contract_id)
        )
        recorded = tuple(entry for entry in entries(connection) if contract_id in (None, entry.contract_id))
        stray = _stray_postings(connection) if contract_id is None else ()
        asked = _servers(platform, connection, contract_id)
        undocumented = tuple(receipts.entries_without(connection, contract_id))
        missing = receipts.missing_numbers(connection) if contract_id is None else ()
    if contract_id is not None:
        ids = {order.id for order in found}
        intents = tuple(intent for intent in intents if intent.order_id in ids)
    machines, unreachable = _observe(platform, asked)
    return Facts(
        found,
        recorded,
        stray,
        intents,
        cash,
        machines,
        unreachable,
        platform.redefines_machines,
        undocumented,
        missing,
    )


def _contracts_over(connection: Connection) -> frozenset[str]:
    living = {
        row.id for row in connection.execute(select(tables.contracts.c.id).where(tables.contracts.c.status != "ended"))
    }
    return frozenset(connection.execute(select(tables.orders.c.contract_id)).scalars()) - living


def _stray_postings(connection: Connection) -> tuple[str, ...]:
    known = select(tables.journal.c.id)
    rows = select(tables.postings.c.journal_id).where(tables.postings.c.journal_id.not_in(known)).distinct()
    return tuple(sorted(connection.execute(rows).scalars()))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A server whose machine is to be looked at."""

    server_id: str
    contract_id: str
    name: str
    uuid: str
    state: MachineState
    host: str | None
    wanted: Characteristics | None
    power_state: PowerState = "off"


def _servers(platform: Platform, connection: Connection, contract_id: str | None) -> list[_Asked]:
    """Servers whose machine nobody works on: delivered and with no open order on their contract, or ended."""
    day = platform.now_in(connection).date()
    busy = {order.contract_id for order in orders.unfinished(connection)}
    found = []
    for server in servers.every(connection):
        if contract_id not in (None, server.contract_id) or server.contract_id in busy:
            continue
        wanted = None
        state: MachineState = "ended"
        if server.status != "ended":
            record = contracts.get(connection, server.contract_id)
            if server.status != "active" or record is None or record.status != record.status_on(day):
                continue  # It is being delivered, or its contract lapses: others see to it.
            if record.status not in ("active", "suspended"):
                continue
            state = record.status
            contract = contracts.load(connection, server.contract_id, day)
            if contract is not None:
                wanted = specification(platform, connection, server, contract).characteristics
        found.append(
            _Asked(
                server.id,
                server.contract_id,
                server.name,
                server.machine_uuid,
                state,
                server.host,
                wanted,
                server.power_state,
            )
        )
    return [*found, *_given_up(platform, connection, contract_id)]


def _given_up(platform: Platform, connection: Connection, contract_id: str | None) -> Iterator[_Asked]:
    """Servers of orders that were refunded while their host was away: the records have forgotten them."""
    for order in orders.of_contract(connection, contract_id):
        if order.kind != "new" or order.status != "refunded":
            continue
        last = servers.last_generation(connection, order.name)
        for generation in range(last.generation + 2 if last else 1):
            server_id = identifiers.server_id(platform.account_id, order.name, generation)
            is_its_own = identifiers.contract_id_of_server(server_id) == order.contract_id
            if is_its_own and not servers.exists(connection, server_id):
                uuid = identifiers.machine_uuid(server_id)
                yield _Asked(server_id, order.contract_id, order.name, uuid, "ended", None, None)


def _observe(platform: Platform, asked: list[_Asked]) -> tuple[tuple[MachineFact, ...], str | None]:
    """The machines as they are, and why some could not be looked at: one that hangs does not hide the others."""
    found: list[MachineFact] = []
    unreachable: str | None = None
    for one in asked:
        try:
            found.append(_look(platform, one))
        except HypervisorUnavailableError as error:
            unreachable = unreachable or f"{error}. {error.remedy}"
        except DeliveryImpossibleError as error:
            unreachable = unreachable or f"{error}. `qualit doctor` shows what is missing."
    return tuple(found), unreachable


def _look(platform: Platform, one: _Asked) -> MachineFact:
    """The machine, or the host that has it and is not in the list."""
    fact = MachineFact(
        one.server_id, one.contract_id, one.name, one.uuid, one.state, None, one.wanted, power_state=one.power_state
    )
    try:
        host = platform.hosts.of(one.host, one.uuid, one.name) if one.host else platform.hosts.having(one.uuid)
    except UnlistedHostError:
        return replace(fact, elsewhere=one.host)
    machine = host.observe(one.uuid)
    if machine is None:
        return replace(fact, has_disk=host.has_disk(one.uuid))
    has_room = machine.fault != "paused" or host.free_disk_gib() > 0
    return replace(fact, machine=machine, has_room=has_room)


def by_order(intents: tuple[Intent, ...]) -> dict[str, list[Intent]]:
    """The payments of each order, oldest first."""
    grouped: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        grouped[intent.order_id].append(intent)
    return grouped
