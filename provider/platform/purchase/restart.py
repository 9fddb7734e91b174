"""A restart for what a running machine cannot take (C1), step by step: each looks first and may run again."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.commerce.contract import Contract
from provider.commerce.policy import Restart, needs_restart
from provider.platform.context import Platform
from provider.platform.hypervisor.port import DeliveryImpossibleError, Hypervisor, MachineSpec
from provider.platform.machines import shortfall
from provider.platform.records import catalogues, orders
from provider.platform.records.orders import Order
from provider.platform.records.servers import Server


def restart_for(
    platform: Platform, connection: Connection, server: Server, contract: Contract, expected: Contract
) -> Restart | None:
    """The restart that a server needs to be what is expected of it; None of one that is off."""
    if server.power_state == "off":
        return None
    has, wanted = (catalogues.total_characteristics(connection, each) for each in (contract, expected))
    reason = needs_restart(server.ceiling, has, wanted, hotplug=_hotplug(platform, server))
    return Restart(server.name, reason, sleeps=server.power_state == "sleeping") if reason else None


def make_way(platform: Platform, hypervisor: Hypervisor, order: Order, server: Server, spec: MachineSpec) -> None:
    """Shut the machine down if it cannot become what is paid for as it runs or sleeps, and the order may do that."""
    machine = hypervisor.observe(server.machine_uuid) if order.restart is not None else None
    if machine is None or machine.power_state == "off" or machine.fault == "diskless":
        return  # What runs without its disk has nothing to come back from.
    if needs_restart(machine.ceiling, machine, spec.characteristics, hotplug=_hotplug(platform, server)) is None:
        return
    platform.database.write(lambda connection: orders.begin_restart(connection, order.id))
    hypervisor.set_power(spec, "off")


def start_again(platform: Platform, hypervisor: Hypervisor, order: Order, server: Server, spec: MachineSpec) -> None:
    """Bring a machine that was shut down for an order back as its customer has it.

    Raises:
        DeliveryImpossibleError: started, it lacks something.
    """
    with platform.database.read() as connection:
        recorded = orders.get(connection, order.id)
    if recorded is None or recorded.restart != "begun":
        return
    lack = shortfall(hypervisor.set_power(spec, server.power_state), spec.characteristics)
    if lack is not None:
        raise DeliveryImpossibleError(f"the host restarted the machine, but {lack}")


def _hotplug(platform: Platform, server: Server) -> bool:
    system = platform.catalogue.operating_system(server.installed_os or "")
    return system is None or system.hotplug
