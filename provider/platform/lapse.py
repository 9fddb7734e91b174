"""What time brings about: a contract that is not renewed is suspended, and ends after its grace (L2).

Run before anything is ordered, never by a plan. What cannot be done because a host is down is left for the next time.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from provider.backend.port import UnavailableError
from provider.platform.context import Platform
from provider.platform.ending import delete_machine, give_open_orders_up, record_end
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.locks import contract_lock
from provider.platform.machines import present_specification
from provider.platform.records import contracts, orders, servers
from provider.platform.records.contracts import ContractRecord


def suspend_and_end(platform: Platform) -> None:
    """Switch off what is not paid for any more, and end what was not renewed within the grace."""
    day = platform.now().date()
    with platform.database.read() as connection:
        lapsed = [record for record in contracts.living(connection) if _lapses(connection, record, day)]
    for record in lapsed:
        try:
            with contract_lock(platform.folder, record.id, seconds=0):
                _suspend_or_end(platform, record)
        except (HypervisorUnavailableError, DeliveryImpossibleError, UnavailableError):
            continue


def _lapses(connection: Connection, record: ContractRecord, day: date) -> bool:
    """Whether a contract is to be suspended or ended; one that is being renewed right now is left alone."""
    after = record.status_on(day)
    if after == record.status:
        return False
    return after == "ended" or not any(
        order.kind == "renewal" and order.waits_for is None for order in orders.open_of_contract(connection, record.id)
    )


def _suspend_or_end(platform: Platform, lapsed: ContractRecord) -> None:
    with platform.database.read() as connection:
        record = contracts.get(connection, lapsed.id)
        server = servers.living_on(connection, lapsed.id)
        day = platform.now_in(connection).date()
    if record is None or record.status_on(day) == record.status:
        return  # It was renewed meanwhile.
    if record.status_on(day) == "ended":
        give_open_orders_up(platform, record.id, "Its contract has ended.")
        if server is not None:
            delete_machine(platform, server)
        record_end(platform, server, record.id)
        return
    if server is not None:
        platform.hypervisor_of(server).set_power(present_specification(platform, server), "off")

    def work(connection: Connection) -> None:
        record_instant(connection, platform.clock)
        contracts.set_status(connection, lapsed.id, "suspended")

    platform.database.write(work)
