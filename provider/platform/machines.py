"""What a server's machine is to be, computed from the records; and whether it is that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import ServerSettings
from provider.commerce.catalogue import Catalogue, Characteristics
from provider.commerce.contract import CHARACTERISTIC, Contract
from provider.platform import identifiers, user_data
from provider.platform.context import Platform
from provider.platform.hypervisor.domain_xml import raised
from provider.platform.hypervisor.port import Hypervisor, Machine, MachineSpec
from provider.platform.records import addresses, catalogues, contracts
from provider.platform.records.addresses import AddressPool
from provider.platform.records.servers import Server, insert_server


def growth_ceiling(catalogue: Catalogue, characteristics: Characteristics) -> Characteristics:
    """The room for growth that a machine reserves when it boots: what one server may have in all."""
    most = {resource.type: resource.server_maximum for resource in catalogue.additional_resources}
    return Characteristics(
        **{name: max(most.get(kind, 0), characteristics.of(kind)) for kind, name in CHARACTERISTIC.items()}
    )


@dataclass(frozen=True, slots=True)
class NewServer:
    """A server to record."""

    id: str
    name: str
    generation: int
    contract_id: str
    host: str
    characteristics: Characteristics
    settings: ServerSettings


def record_new_server(
    connection: Connection,
    catalogue: Catalogue,
    new: NewServer,
    *,
    paid: bool,
    at: datetime,
) -> Server:
    """Record a server that is to be made, with the room for growth that it will have."""
    settings = new.settings
    server = Server(
        id=new.id,
        contract_id=new.contract_id,
        name=new.name,
        generation=new.generation,
        status="provisioning" if paid else "reserved",
        machine_uuid=identifiers.machine_uuid(new.id),
        host=new.host,
        installed_os=None,
        ceiling=growth_ceiling(catalogue, new.characteristics),
        power_state=settings.power_state,
        hostname=settings.hostname,
        ssh_keys=settings.ssh_keys,
        labels=settings.labels,
        deletion_protection=settings.deletion_protection,
        allow_restart=settings.allow_restart,
        created_at=at,
    )
    insert_server(connection, server)
    return server


def reserve_addresses(
    connection: Connection, server: Server, contract: Contract, *, order_id: str | None, pool: AddressPool | None
) -> None:
    """Reserve the addresses that a contract entitles its server to and that it does not have yet."""
    offer = catalogues.offer_characteristics(connection, contract.solution.offer or "")
    owed: dict[addresses.Source, int] = {"offer": offer.ipv4_addresses, "addition": contract.quantity("ipv4")}
    for source, wanted in owed.items():
        addresses.reserve(connection, server.id, wanted=wanted, source=source, order_id=order_id, pool=pool)


def address_pool(hypervisor: Hypervisor) -> AddressPool:
    """The addresses that the host has; asked for before a transaction begins."""
    return AddressPool(hypervisor.subnet(), hypervisor.addresses_in_use())


def specification(platform: Platform, connection: Connection, server: Server, contract: Contract) -> MachineSpec:
    """What the machine of a server is to be on a contract; started anew, it has the room of today's catalogue."""
    characteristics = catalogues.total_characteristics(connection, contract)
    return MachineSpec(
        uuid=server.machine_uuid,
        name=server.name,
        os=contract.solution.os or "",
        characteristics=characteristics,
        ceiling=raised(server.ceiling, growth_ceiling(platform.catalogue, characteristics)),
        addresses=addresses.of_server(connection, server.id),
        hostname=server.hostname or server.name,
        ssh_keys=server.ssh_keys,
        user_data=user_data.kept(platform.folder, server.id),
        installed=server.installed_os is not None,
    )


def present_specification(platform: Platform, server: Server) -> MachineSpec:
    """What the machine is to be on its contract as it stands."""
    with platform.database.read() as connection:
        day = platform.now_in(connection).date()
        contract = contracts.load(connection, server.contract_id, day)
        if contract is None:
            raise LookupError(f"the contract of {server.id} is not delivered")
        return specification(platform, connection, server, contract)


def shortfall(machine: Machine, wanted: Characteristics) -> str | None:
    """What a machine lacks of what was paid for; a host that cannot limit bandwidth is not short of it."""
    for name in CHARACTERISTIC.values():
        has, owed = getattr(machine, name), getattr(wanted, name)
        if has < owed and not (name == "bandwidth_mbits" and has == 0):
            return f"it has {name} = {has} and {owed} were paid for"
    return None
