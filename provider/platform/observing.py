"""A server as its machine is now. The backend reads it where a plan or a person looks at a machine."""

from __future__ import annotations

from dataclasses import replace

from provider.backend.port import RefusedError, ServerView
from provider.platform.context import Platform
from provider.platform.hypervisor.port import Machine
from provider.platform.machines import present_specification
from provider.platform.records import servers
from provider.platform.views import server_view


def living_server(platform: Platform, server_id: str) -> ServerView | None:
    """A server as it is recorded; None when there is none, or it has ended."""
    with platform.database.read() as connection:
        server = servers.get_living(connection, server_id)
        return server_view(connection, server, platform.now_in(connection)) if server else None


def present_server(platform: Platform, server_id: str) -> ServerView:
    """The same.

    Raises:
        RefusedError: there is none.
    """
    view = living_server(platform, server_id)
    if view is None:
        raise RefusedError("No such server", f"There is no server {server_id} any more. Refresh, and plan again.")
    return view


def observed(platform: Platform, view: ServerView) -> ServerView:
    """A server with its machine as it is now. One without a disk cannot be brought into another power state.

    Raises:
        HypervisorUnavailableError: its host does not answer.
    """
    machine = _observe(platform, view)
    if machine is not None:
        is_lost = machine.fault == "diskless" and machine.power_state == "off"
        power_state = view.power_state if is_lost else machine.power_state
        return replace(
            view,
            power_state=power_state,
            power_cause=machine.power_cause,
            fault=machine.fault,
            guest_agent=machine.guest_agent,
        )
    with platform.database.read() as connection:
        server = servers.get_living(connection, view.id)
    has_disk = server is not None and platform.hypervisor_of(server).has_disk(server.machine_uuid)
    if has_disk or view.status != "active":
        return replace(view, domain_uuid=None, power_state="off", fault="forgotten")
    return replace(view, domain_uuid=None, fault="diskless")


def _observe(platform: Platform, view: ServerView) -> Machine | None:
    """The machine as it is now; on a host that forgets its machines one that is missing is defined again."""
    with platform.database.read() as connection:
        server = servers.get_living(connection, view.id)
    if server is None:
        return None
    hypervisor = platform.hypervisor_of(server)
    machine = hypervisor.observe(server.machine_uuid)
    if machine is None and platform.redefines_machines and view.status == "active":
        spec = present_specification(platform, server)
        hypervisor.ensure(spec)
        machine = hypervisor.set_power(spec, server.power_state)
    return machine
