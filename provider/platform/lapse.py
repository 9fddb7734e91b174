"""What time brings about: a contract that is not renewed is suspended, and ends after its grace (L2).

So is one whose payment is disputed; it comes back when the dispute is won (L8). Run before anything is ordered, never
by a plan. What cannot be done now, because a host is down, a gateway does not answer or a bank has not decided yet, is
left for the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from provider.backend.port import UnavailableError
from provider.platform.context import Platform
from provider.platform.ending import delete_machine, give_open_orders_up, record_end
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.locks import contract_lock
from provider.platform.machines import present_specification
from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
from provider.platform.records import contracts, orders, servers
from provider.platform.records.contracts import ContractRecord, StoredStatus

LATER = (
    HypervisorUnavailableError,
    DeliveryImpossibleError,
    GatewayUnavailableError,
    GatewayRefusedError,
    UnavailableError,
)
"""What keeps one contract from lapsing now, and no other."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A contract that was suspended, brought back or ended: because nobody renewed it, or by a dispute."""

    name: str
    status: StoredStatus


def suspend_and_end(platform: Platform) -> list[Lapsed]:
    """Switch off what is not paid for any more, end what was not renewed within the grace, bring back what is paid."""
    day = platform.now().date()
    with platform.database.read() as connection:
        lapsed = [record for record in contracts.living(connection) if _lapses(connection, record, day)]
    done: list[Lapsed] = []
    for record in lapsed:
        try:
            with contract_lock(platform.folder, record.id, seconds=0):
                after = bring_about(platform, record.id)
        except LATER:
            continue
        if after is not None:
            done.append(Lapsed(record.name, after))
    return done


def _lapses(connection: Connection, record: ContractRecord, day: date) -> bool:
    """Whether a contract is to be suspended, brought back or ended; one that is renewed right now is left alone."""
    after = record.status_on(day)
    if after == record.status or record.is_renewed:
        return False
    return after == "ended" or not any(
        order.kind == "renewal" and order.waits_for is None for order in orders.open_of_contract(connection, record.id)
    )


def bring_about(platform: Platform, contract_id: str) -> StoredStatus | None:
    """Make of a contract and its machine what the contract is today; its lock is held. None where that is done already.

    Raises:
        HypervisorUnavailableError, DeliveryImpossibleError: the machine is as it was; run it again.
    """
    with platform.database.read() as connection:
        record = contracts.get(connection, contract_id)
        server = servers.living_on(connection, contract_id)
        day = platform.now_in(connection).date()
    if record is None or record.status_on(day) == record.status:
        return None
    after = record.status_on(day)
    if after == "ended":
        give_open_orders_up(platform, record.id, "Its contract has ended.")
        if server is not None:
            delete_machine(platform, server)
        record_end(platform, server, record.id)
        return after
    if server is not None:
        hypervisor = platform.hypervisor_of(server)
        power = "off" if after == "suspended" else server.power_state
        # One that is being delivered may have no machine yet, and one that is gone need not be switched off.
        must_be_there = server.status == "active" and power != "off"
        if must_be_there or hypervisor.observe(server.machine_uuid) is not None:
            hypervisor.set_power(present_specification(platform, server), power)

    def work(connection: Connection) -> None:
        record_instant(connection, platform.clock)
        contracts.set_status(connection, contract_id, after)

    platform.database.write(work)
    return after
