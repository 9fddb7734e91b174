"""What the backend shows: contracts, servers and orders as values, read in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import ContractView, ServerStatus, ServerView
from provider.commerce.contract import Contract, ContractStatus
from provider.commerce.proposal import accept
from provider.platform.records import addresses, catalogues, contracts, orders, servers
from provider.platform.records.contracts import ContractRecord
from provider.platform.records.servers import Server


def contract_view(connection: Connection, record: ContractRecord, now: datetime) -> ContractView | None:
    """A contract that lives, also one that is being bought: then as it will be when it is delivered. None when over."""
    status = record.status_on(now.date())
    if status == "ended":
        return None
    contract = contract_value(connection, record, now)
    if contract is None:
        return None
    server = servers.living_on(connection, record.id)
    failed = orders.failed_renewal(connection, contract, record.payment_method)
    shown: ContractStatus = "suspended" if status == "suspended" else "active"
    return ContractView(
        contract=contract,
        kind=record.kind,
        name=record.name,
        status=shown,
        payment_method=record.payment_method,
        auto_renew=record.auto_renew,
        grace_days=record.grace_days,
        max_charge=record.max_charge,
        failed_renewal=failed.view() if failed else None,
        open_orders=tuple(order.view() for order in orders.open_of_contract(connection, record.id)),
        server_id=server.id if server and server.status != "reserved" else None,
    )


def contract_value(connection: Connection, record: ContractRecord, now: datetime) -> Contract | None:
    """A contract as it stands, or as the order that is open for it will make it."""
    contract = contracts.load(connection, record.id, now.date())
    if contract is not None:
        return contract
    buying = next((order for order in orders.open_of_contract(connection, record.id) if order.kind == "new"), None)
    if buying is None:
        return None
    expected = accept(None, buying.proposal, at=now, order_id=buying.id)
    return replace(expected, dispute=contracts.dispute_of(connection, record))


def server_view(connection: Connection, server: Server, now: datetime) -> ServerView | None:
    """A server that lives and is paid for, with the power state that is wished."""
    record = contracts.get(connection, server.contract_id)
    contract = contract_view(connection, record, now) if record else None
    if contract is None or server.status == "reserved":
        return None
    return ServerView(
        id=server.id,
        name=server.name,
        status=_status(server, contract.status),
        settings=server.settings,
        power_state=server.power_state,
        contract=contract,
        characteristics=catalogues.total_characteristics(connection, contract.contract),
        ceiling=server.ceiling,
        ipv4_addresses=addresses.shown(connection, server.id),
        domain_uuid=server.machine_uuid if server.installed_os is not None else None,
        host=server.host,
    )


def _status(server: Server, contract: ContractStatus) -> ServerStatus:
    if contract == "suspended":
        return "suspended"
    return "active" if server.status == "active" else "provisioning"
