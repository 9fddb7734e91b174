"""Delivering a paid order: the machine is brought forward to what was paid for, then the contract moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from provider.commerce.contract import Contract
from provider.commerce.proposal import accept
from provider.platform import user_data
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, Hypervisor, MachineSpec
from provider.platform.machines import present_specification, shortfall, specification
from provider.platform.purchase.restart import make_way, start_again
from provider.platform.records import contracts, orders, servers
from provider.platform.records.orders import Order
from provider.platform.records.servers import Server


def begin_delivery(platform: Platform, order: Order) -> None:
    """paid → provisioning; → active where no machine has to change: such an order is delivered by being paid (L5)."""
    with platform.database.read() as connection:
        server = servers.living_on(connection, order.contract_id)
        record = contracts.get(connection, order.contract_id)
    if server is None or (order.kind == "renewal" and record is not None and record.status == "active"):
        activate(platform, order)
        return
    platform.database.write(lambda connection: orders.move(connection, order.id, "paid", "provisioning"))


def deliver(platform: Platform, order: Order) -> None:
    """Make the machine what the contract and this order say; looks first, so that it can be run again.

    Raises:
        HypervisorUnavailableError: run the step again.
        DeliveryImpossibleError: the host cannot do it at all.
    """
    with platform.database.read() as connection:
        server = servers.living_on(connection, order.contract_id)
        if server is None:
            raise LookupError(f"the order {order.id} has no server")
        record = contracts.get(connection, order.contract_id)
        if record is not None and record.disputed_at is not None:
            server = replace(server, power_state="off")  # Delivered, and suspended (L8).
        now = platform.now_in(connection)
        spec = specification(platform, connection, server, _target(connection, order, now))
    hypervisor = platform.hypervisor_of(server)
    make_way(platform, hypervisor, order, server, spec)
    try:
        bring_forward(platform, hypervisor, server, spec)
        start_again(platform, hypervisor, order, server, spec)
    except DeliveryImpossibleError:
        if order.restart is not None:
            start_again(platform, hypervisor, order, server, present_specification(platform, server))
        raise
    if order.kind == "renewal":
        # Out of suspension the machine comes back as its customer had it.
        hypervisor.set_power(spec, server.power_state)


def bring_forward(platform: Platform, hypervisor: Hypervisor, server: Server, spec: MachineSpec) -> None:
    """Bring a machine to its specification, install its system, and give a new one its power state; and one that fell.

    Raises:
        HypervisorUnavailableError, DeliveryImpossibleError: as ``deliver``.
    """
    before = hypervisor.observe(server.machine_uuid)
    fell = before is None or before.fault in ("crashed", "paused")
    machine = hypervisor.ensure(spec)
    if server.installed_os is not None and server.installed_os != spec.os:
        machine = hypervisor.reinstall(spec)
    platform.database.write(
        lambda connection: servers.installed(connection, server.id, os=spec.os, ceiling=machine.ceiling)
    )
    lack = shortfall(machine, spec.characteristics)
    if lack is not None:
        raise DeliveryImpossibleError(f"the host changed the machine, but {lack}")
    stands_still = server.power_state != machine.power_state or machine.fault == "paused"
    if (server.status != "active" or fell) and stands_still:
        hypervisor.set_power(spec, server.power_state)


def activate(platform: Platform, order: Order) -> None:
    """→ active: the contract has the change from now on; a new one's first period starts (P2)."""

    def work(connection: Connection) -> str | None:
        now = record_instant(connection, platform.clock)
        if not orders.move(connection, order.id, order.status, "active", finished_at=now, failure=None):
            return None
        contracts.save(connection, _target(connection, order, now))
        if order.kind in ("new", "renewal"):
            # A dispute that was won meanwhile may have left the machine off: then it is still to be brought back (L8).
            record = contracts.get(connection, order.contract_id)
            is_left_off = record is not None and record.won_at is not None and record.won_at >= order.placed_at
            contracts.set_status(connection, order.contract_id, "suspended" if is_left_off else "active")
        server = servers.living_on(connection, order.contract_id)
        if server is None or order.status != "provisioning":
            # No machine was looked at: whoever puts a server on the contract finishes it (L5).
            return None
        if server.status != "active":
            servers.set_status(connection, server.id, "active")
        return server.id

    server_id = platform.database.write(work)
    if server_id is not None:
        user_data.forget(platform.folder, server_id)


def _target(connection: Connection, order: Order, now: datetime) -> Contract:
    """The contract with the order delivered, computed from the one that it was placed on.

    A renewal begins by the day that it was paid, however long its delivery takes (L2).
    """
    contract = contracts.load(connection, order.contract_id, order.placed_at.date())
    at = order.paid_at if order.kind == "renewal" and order.paid_at else now
    return accept(contract, order.proposal, at=at, order_id=order.id)
