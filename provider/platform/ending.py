"""Ending a server and its contract (C8). What was paid and never delivered is given back first (N3)."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.backend.port import UNPAID, RefusedError
from provider.commerce.policy import deletion_protected
from provider.platform import user_data
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.locks import contract_lock
from provider.platform.payments.port import DisputedError
from provider.platform.purchase.cancel import withdraw
from provider.platform.purchase.outcome import recorded
from provider.platform.purchase.refund import begin_refund, refund
from provider.platform.records import addresses, contracts, orders, servers
from provider.platform.records.orders import Order
from provider.platform.records.servers import Server
from provider.platform.refusals import raise_refusals

LOCK_SECONDS = 60.0


def end_server(platform: Platform, server_id: str) -> None:
    """End a server, and the contract that it was bought with; one that is gone already is a success.

    Raises:
        RefusedError: it is protected from deletion.
        HypervisorUnavailableError: the machine cannot be deleted now; nothing has ended.
    """
    with platform.database.read() as connection:
        server = servers.get_living(connection, server_id)
    if server is None:
        return
    with contract_lock(platform.folder, server.contract_id, seconds=LOCK_SECONDS):
        with platform.database.read() as connection:
            server = servers.get_living(connection, server_id)
        if server is None:
            return
        if server.deletion_protection:
            raise_refusals(deletion_protected(server.name))
        give_open_orders_up(platform, server.contract_id, "Its server was ended.")
        with platform.database.read() as connection:
            record = contracts.get(connection, server.contract_id)
            own = record is not None and record.kind == "vps"
        if record is None:
            return
        delete_machine(platform, server)
        record_end(platform, server, server.contract_id if own else None)


def end_contract(platform: Platform, contract_id: str) -> None:
    """End a contract that was bought with an Order.

    Raises:
        RefusedError: a server runs on it.
    """
    with contract_lock(platform.folder, contract_id, seconds=LOCK_SECONDS):
        with platform.database.read() as connection:
            record = contracts.get(connection, contract_id)
            server = servers.living_on(connection, contract_id)
        if record is None or record.status == "ended":
            return
        if server is not None:
            raise RefusedError(
                "A server runs on the contract",
                f"{server.name} ({server.id}) runs on the contract {record.name}. End that server first; its contract "
                "stays until it is ended itself.",
                rule="C8",
                attribute="name",
            )
        give_open_orders_up(platform, contract_id, "Its contract was ended.")
        record_end(platform, None, contract_id)


def delete_machine(platform: Platform, server: Server) -> None:
    """Stop the machine and delete its disk and leases."""
    with platform.database.read() as connection:
        leases = addresses.of_server(connection, server.id)
    platform.hypervisor_of(server).delete(server.machine_uuid, leases)
    user_data.forget(platform.folder, server.id)


def record_end(platform: Platform, server: Server | None, contract_id: str | None) -> None:
    """Record that a server, a contract, or both are over."""

    def work(connection: Connection) -> None:
        now = record_instant(connection, platform.clock)
        if server is not None:
            addresses.release(connection, server_id=server.id)
            servers.set_status(connection, server.id, "ended", ended_at=now)
        if contract_id is not None:
            contracts.set_status(connection, contract_id, "ended", ended_at=now)

    platform.database.write(work)


def give_open_orders_up(platform: Platform, contract_id: str, reason: str) -> None:
    """Cancel what is not paid, and refund what was paid and not delivered."""
    with platform.database.read() as connection:
        unfinished = orders.open_of_contract(connection, contract_id)
    for order in unfinished:
        if order.status in UNPAID:
            withdraw(platform, order, reason)
        present = recorded(platform, order.id)
        if present.status in ("paid", "provisioning"):
            begin_refund(platform, present, f"{reason} It had not been delivered.")
        present = recorded(platform, order.id)
        if present.status == "refunding":
            _refund_or_wait(platform, present)


def _refund_or_wait(platform: Platform, order: Order) -> None:
    """Give the money back; while a bank decides about it, everything else ends and the refund goes on by itself."""
    try:
        refund(platform, order)
    except DisputedError as error:
        waits = f"{order.failure or ''} The refund waits for the bank's decision: {error}.".lstrip()
        platform.database.write(lambda connection: orders.note_failure(connection, order.id, waits))
