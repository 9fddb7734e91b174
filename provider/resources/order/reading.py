"""A contract as it is: reading it back, and taking one into management that exists already."""

from __future__ import annotations

from provider.backend.port import Backend, ContractView
from provider.resources.model import Diagnostic, StateResult, Values
from provider.resources.naming import unknown_here
from provider.resources.order.schema import SCHEMA
from provider.resources.solution import contract_state, solution_state
from provider.resources.stamp import stamp
from provider.resources.standing import standing

NOT_READ_BACK = ("allow_reinstall", "allow_restart", "max_charge", "timeouts", "charge")
"""What only the configuration or an earlier apply knows: a refresh leaves it as it is."""


def read(state: Values, backend: Backend) -> StateResult:
    """The present value of a contract in the state; None with a warning once it ended (L3)."""
    view = backend.contract(state["id"])
    if view is None:
        unknown = unknown_here("order", state, backend)
        if unknown:
            return StateResult(state, unknown)
        notice = Diagnostic(
            "warning",
            f"The contract {state['name']} has ended (rule L3)",
            "While it is declared, this plan buys a new one.",
        )
        return StateResult(None, (notice,))
    return StateResult(
        state_of(view, state, backend), standing(view, backend), stamp(backend, view.contract, "solution")
    )


def import_state(import_id: str, backend: Backend) -> StateResult:
    """Adopt the living contract that was bought with an order of a name, or of an id."""
    view = backend.contract_named(import_id) or backend.contract(import_id)
    if view is None or view.kind != "order":
        error = Diagnostic(
            "error",
            "Order not found",
            f'No contract that lives was bought with an order called "{import_id}". The import id of an order is its '
            "name.",
        )
        return StateResult(None, (error,))
    nothing: Values = dict.fromkeys(SCHEMA.attributes)
    return StateResult(state_of(view, nothing, backend), (), stamp(backend, view.contract, "solution"))


def state_of(view: ContractView, known: Values, backend: Backend) -> Values:
    """The state of a contract; ``known`` has what cannot be read back."""
    provisioning = solution_state(view).provisioning
    return {
        **{name: known[name] for name in NOT_READ_BACK},
        **contract_state(view, backend),
        "id": view.contract.id,
        "name": view.name,
        "status": "provisioning" if provisioning else view.status,
    }
