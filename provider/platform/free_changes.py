"""Changes that cost nothing: a server's settings and power, a reinstallation, a contract's terms; and putting a
server on a contract that was bought with an Order (L5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from provider.backend.port import KEEP, Keep, RefusedError, ServerSettings, UnavailableError
from provider.commerce.change import SwitchSolution
from provider.commerce.contract import Contract
from provider.commerce.policy import operating_system, term, undisputed
from provider.commerce.proposal import is_free, with_operating_system
from provider.platform import machines, room, user_data
from provider.platform.context import RETRY_SECONDS, Deadline, Platform
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import (
    DeliveryImpossibleError,
    HypervisorUnavailableError,
    Machine,
    MachineSpec,
)
from provider.platform.locks import contract_lock
from provider.platform.payment_methods import check_means
from provider.platform.purchase.deliver import bring_forward
from provider.platform.records import catalogues, contracts, servers
from provider.platform.records.servers import Server
from provider.platform.refusals import raise_refusals
from provider.platform.room import Candidate

LOCK_SECONDS = 60.0


def run_on_contract(
    platform: Platform, name: str, contract_id: str, settings: ServerSettings, *, timeout_seconds: float
) -> str:
    """Put a server on a contract; its id comes back, also when the host could not be reached in time.

    Raises:
        RefusedError: the contract is not there or has a server, the name is taken, or the host cannot do it.
    """
    deadline = Deadline(timeout_seconds)
    with contract_lock(platform.folder, contract_id, seconds=timeout_seconds):
        with platform.database.read() as connection:
            server = _server_to_finish(connection, name, contract_id)
            _check_undisputed(platform, connection, contract_id)
        if server is None:
            with platform.database.read() as connection:
                contract = contracts.load(connection, contract_id, platform.now_in(connection).date())
            asked = room.candidates(platform, contract.solution.os if contract else None)
            new_id = platform.identity("vps", name).server_id or ""
            user_data.keep(platform.folder, new_id, settings.user_data)

            def work(connection: Connection) -> Server:
                return _record(platform, connection, name, contract_id, settings, asked)

            server = platform.database.write(work)
        if server.status != "active":
            _finish(platform, server, deadline)
        return server.id


def configure_server(
    platform: Platform, server_id: str, settings: ServerSettings, *, os: str | None, timeout_seconds: float
) -> str | None:
    """Change a server in place; the machine first, then the record, so that what failed is planned again.

    Returns why the running system does not let the keys log in yet; None when it does.

    Raises:
        RefusedError: there is no such server, it is suspended, the system costs more, or the host cannot do it.
        HypervisorUnavailableError: the host cannot be reached.
    """
    with platform.database.read() as connection:
        server = _known(connection, server_id)
    with contract_lock(platform.folder, server.contract_id, seconds=timeout_seconds):
        with platform.database.read() as connection:
            server = _known(connection, server_id)
            touches_machine = _touches_machine(server, settings) or os not in (None, server.installed_os)
            contract = _active_contract(platform, connection, server, touches_machine=touches_machine)
        wanted = _with_system(platform, contract, os)
        changed = replace(
            server,
            power_state=settings.power_state,
            hostname=settings.hostname,
            ssh_keys=settings.ssh_keys,
            labels=settings.labels,
            deletion_protection=settings.deletion_protection,
            allow_restart=settings.allow_restart,
        )
        keys_wait = None
        if touches_machine or contract.dispute is None:
            keys_wait = _change_machine(platform, server, changed, wanted, settings.user_data)

        def work(connection: Connection) -> None:
            record_instant(connection, platform.clock)
            servers.configure(connection, server_id, settings)
            if wanted != contract:
                contracts.save(connection, wanted)

        platform.database.write(work)
        return keys_wait


def configure_contract(
    platform: Platform,
    contract_id: str,
    *,
    payment_method: str | None,
    auto_renew: bool | None,
    term_months: int | None,
    max_charge: Decimal | Keep | None,
    os: str | None,
) -> None:
    """Change how a contract is paid and renewed, or its system while no server runs on it; None keeps.

    Raises:
        RefusedError: an unknown payment method, duration or system, or a system that costs more.
    """
    if payment_method is not None:
        check_means(platform, payment_method)
    if term_months is not None:
        raise_refusals(term(term_months))
    wanted = {"payment_method": payment_method, "auto_renew": auto_renew, "term_months": term_months}
    terms: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if max_charge != KEEP:
        terms["max_charge"] = max_charge

    def work(connection: Connection) -> None:
        now = record_instant(connection, platform.clock)
        contract = contracts.load(connection, contract_id, now.date())
        if os is not None and contract is not None and os != contract.solution.os:
            if servers.living_on(connection, contract_id) is not None:
                raise RefusedError(
                    "A server runs on the contract",
                    f"Its operating system is changed on the server, with `os = {os}` and `allow_reinstall = true`.",
                    rule="C7",
                    attribute="os",
                )
            contracts.save(connection, _with_system(platform, contract, os))
        contracts.configure(connection, contract_id, **terms)

    with contract_lock(platform.folder, contract_id, seconds=LOCK_SECONDS):
        platform.database.write(work)


def _server_to_finish(connection: Connection, name: str, contract_id: str) -> Server | None:
    """The server of this name on this contract; None when neither the name nor the contract has one.

    Raises:
        RefusedError: the name or the contract is taken.
    """
    named = servers.living_named(connection, name)
    running = servers.living_on(connection, contract_id)
    if named is not None and named.contract_id != contract_id:
        raise RefusedError(
            f"The name {name} is taken",
            f"The server {named.id} has it, since {named.created_at:%Y-%m-%d %H:%M} UTC. To adopt it: terraform import "
            f"qualit_vps.YOUR_RESOURCE {name}. To have a new one, give it another name.",
            rule="N4",
            attribute="name",
        )
    if running is not None and running.name != name:
        raise RefusedError(
            "The contract has a server",
            f"{running.name} ({running.id}) runs on the contract {contract_id}. One contract runs one server: end that "
            "one first, or buy another contract.",
            rule="L5",
            attribute="order_id",
        )
    return named


def _record(
    platform: Platform,
    connection: Connection,
    name: str,
    contract_id: str,
    settings: ServerSettings,
    asked: Sequence[Candidate],
) -> Server:
    now = record_instant(connection, platform.clock)
    record = contracts.get(connection, contract_id)
    if record is None or record.kind != "order" or record.status_on(now.date()) != "active":
        raise RefusedError(
            "No contract to run on",
            f"{contract_id} is no paid contract that was bought with an Order. Name the id of a `qualit_order`.",
            rule="L5",
            attribute="order_id",
        )
    contract = contracts.load(connection, contract_id, now.date())
    if contract is None:
        raise LookupError(f"the contract {contract_id} has no periods")
    identity = platform.identity_in(connection, "vps", name)
    characteristics = catalogues.total_characteristics(connection, contract)
    host = room.take_for_new(connection, platform.catalogue, asked, characteristics)
    server = machines.record_new_server(
        connection,
        platform.catalogue,
        machines.NewServer(
            id=identity.server_id or "",
            name=name,
            generation=identity.generation,
            contract_id=contract_id,
            host=host.name,
            characteristics=characteristics,
            settings=settings,
        ),
        paid=True,
        at=now,
    )
    machines.reserve_addresses(connection, server, contract, order_id=None, pool=host.pool)
    return server


def _finish(platform: Platform, server: Server, deadline: Deadline) -> None:
    """Make the machine of a server on a paid contract; a host that does not answer leaves it provisioning."""
    for pause in (*RETRY_SECONDS, None):
        try:
            spec = machines.present_specification(platform, server)
            bring_forward(platform, platform.hypervisor_of(server), server, spec)
        except HypervisorUnavailableError:
            if pause is None or not deadline.pause(pause):
                return
        except DeliveryImpossibleError:
            # The contract stays, paid (L5); only the server that never was is forgotten.
            platform.database.write(lambda connection: servers.forget(connection, server.id))
            user_data.forget(platform.folder, server.id)
            raise
        else:
            platform.database.write(lambda connection: servers.set_status(connection, server.id, "active"))
            user_data.forget(platform.folder, server.id)
            return


def _known(connection: Connection, server_id: str) -> Server:
    server = servers.get_living(connection, server_id)
    if server is None:
        raise RefusedError("No such server", f"There is no server {server_id}. Refresh, and plan again.", rule="L3")
    if server.status != "active":
        raise UnavailableError(
            "The server is not delivered yet", f"{server.name} is being delivered. Apply again when it is active."
        )
    return server


def _touches_machine(server: Server, settings: ServerSettings) -> bool:
    """Whether settings change more than the records: labels and the protection from deletion only stand there."""
    return (settings.power_state, settings.hostname, settings.ssh_keys) != (
        server.power_state,
        server.hostname,
        server.ssh_keys,
    )


def _check_undisputed(platform: Platform, connection: Connection, contract_id: str) -> None:
    contract = contracts.load(connection, contract_id, platform.now_in(connection).date())
    if contract is not None:
        raise_refusals(undisputed(contract, platform.catalogue.contact))


def _active_contract(platform: Platform, connection: Connection, server: Server, *, touches_machine: bool) -> Contract:
    """The contract of a server that can be changed; what a dispute suspends keeps its machine as it is (L8)."""
    now = platform.now_in(connection)
    record = contracts.get(connection, server.contract_id)
    contract = contracts.load(connection, server.contract_id, now.date())
    if contract is not None and contract.dispute is not None:
        if touches_machine:
            raise_refusals(undisputed(contract, platform.catalogue.contact))
        return contract
    if record is None or contract is None or record.status_on(now.date()) != "active":
        raise RefusedError(
            "Suspended contract",
            f"The contract of {server.name} is not paid for any more: the machine is off and its disk is kept. Renew "
            f"it first: qualit renew {server.name}",
            rule="L2",
        )
    return contract


def _with_system(platform: Platform, contract: Contract, os: str | None) -> Contract:
    """The contract with another system, which must cost no more (C7)."""
    if os is None or os == contract.solution.os:
        return contract
    raise_refusals(operating_system(platform.catalogue, os))
    if not is_free(platform.catalogue, contract, SwitchSolution(contract.solution.offer or "", os)):
        raise RefusedError(
            "The operating system has a price",
            f"{os} costs more than {contract.solution.os}: it is ordered, not changed at no charge. Plan again.",
            rule="C7",
            attribute="os",
        )
    return with_operating_system(platform.catalogue, contract, os)


def _change_machine(
    platform: Platform, server: Server, changed: Server, contract: Contract, install_data: str | None
) -> str | None:
    """Bring the machine to what it is to be: system, host name, power, keys. Labels are only recorded.

    Returns why the keys are not in the running system yet, or None.
    """
    with platform.database.read() as connection:
        spec = machines.specification(platform, connection, changed, contract)
    hypervisor = platform.hypervisor_of(server)
    reinstalls = server.installed_os != spec.os
    seed_changes = (server.hostname, server.ssh_keys) != (changed.hostname, changed.ssh_keys)
    if reinstalls or seed_changes:
        hypervisor.ensure(spec)
    if reinstalls:
        hypervisor.reinstall(replace(spec, user_data=install_data))
    machine = hypervisor.observe(server.machine_uuid) or hypervisor.ensure(spec)
    if reinstalls:
        _record_machine(platform, server, spec, machine)
    elif seed_changes:
        hypervisor.renew_seed(spec)
    if machine.power_state != changed.power_state:
        _record_machine(platform, server, spec, hypervisor.set_power(spec, changed.power_state))
    return hypervisor.place_keys(spec)


def _record_machine(platform: Platform, server: Server, spec: MachineSpec, machine: Machine) -> None:
    """Record what a machine has installed, and the room that it was started with."""
    platform.database.write(
        lambda connection: servers.installed(connection, server.id, os=spec.os, ceiling=machine.ceiling)
    )
