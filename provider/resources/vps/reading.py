"""A server as it is: reading it back, and taking one into management that exists already."""

from __future__ import annotations

from dataclasses import replace

from provider.backend.port import Backend, ServerView, UnavailableError
from provider.resources.model import Diagnostic, Diagnostics, StateResult, Values
from provider.resources.naming import unknown_here
from provider.resources.power import machine_notices
from provider.resources.solution import contract_state, solution_state
from provider.resources.stamp import stamp
from provider.resources.standing import standing
from provider.resources.vps.schema import SCHEMA

NOT_READ_BACK = (
    "user_data",
    "user_data_wo_version",
    "allow_reinstall",
    "allow_restart",
    "max_charge",
    "timeouts",
    "charge",
)
"""What only the configuration or an earlier apply knows: a refresh leaves it as it is."""


def read(state: Values, backend: Backend) -> StateResult:
    """The present value of a server in the state; None with a warning once its contract ended (L3)."""
    view, diagnostics = _observe(state, backend)
    if view is None:
        unknown = unknown_here("server", state, backend)
        return StateResult(state, unknown) if unknown else StateResult(None, (*diagnostics, _ended(state["name"])))
    private = stamp(backend, view.contract.contract, "solution")
    notices = (*diagnostics, *standing(view.contract, backend))
    return StateResult(state_of(view, state, backend), notices, private)


def import_state(import_id: str, backend: Backend) -> StateResult:
    """Adopt the living server of a name, or of an id."""
    view = backend.server_named(import_id) or backend.server(import_id)
    if view is None:
        known = ", ".join(sorted(server.name for server in backend.servers())) or "none yet"
        return StateResult(
            None,
            (
                Diagnostic(
                    "error",
                    "Server not found",
                    f'There is no server called "{import_id}" in this account. Servers: {known}. The import id of a '
                    "server is its name.",
                ),
            ),
        )
    nothing: Values = dict.fromkeys(SCHEMA.attributes)
    return StateResult(state_of(view, nothing, backend), (), stamp(backend, view.contract.contract, "solution"))


def state_of(view: ServerView, known: Values, backend: Backend) -> Values:
    """The state of a server; ``known`` has what cannot be read back."""
    contract = view.contract.contract
    settings = view.settings
    state: Values = dict.fromkeys(SCHEMA.attributes)
    state.update({name: known[name] for name in NOT_READ_BACK})
    state.update(
        id=view.id,
        name=view.name,
        # Switched off by a suspension it is no drift: the machine comes back as its customer wished it (L2, L8).
        power_state=settings.power_state if view.status == "suspended" else view.power_state,
        hostname=settings.hostname,
        ssh_keys=list(settings.ssh_keys),
        labels=dict(settings.labels),
        deletion_protection=settings.deletion_protection,
        status=view.status,
        ipv4_address=view.ipv4_addresses[0] if view.ipv4_addresses else None,
        paid_until=contract.paid_until.isoformat(),
    )
    if view.contract.kind == "order":
        state["order_id"] = contract.id
        return state
    return {
        **state,
        **contract_state(view.contract, backend),
        "status": "provisioning" if solution_state(view.contract).provisioning else view.status,
    }


def _observe(state: Values, backend: Backend) -> tuple[ServerView | None, Diagnostics]:
    try:
        view = backend.server(state["id"], observe=True)
        return view, machine_notices(view, backend) if view else ()
    except UnavailableError as error:
        notice = Diagnostic(
            "warning",
            f"The machine of {state['name']} could not be looked at",
            f"{error.detail} Its last known state is shown.",
        )
        view = backend.server(state["id"])
        return view and replace(view, power_state=state["power_state"]), (notice,)


def _ended(name: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        f"The server {name} has ended (rule L3)",
        f"The contract of {name} ended; the machine and its disk are deleted. While it is declared, this plan buys a "
        "new, empty server of that name.",
    )
