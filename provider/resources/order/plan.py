"""Planning a contract: what buying, improving and ending one would do and cost."""

from __future__ import annotations

from provider.backend.port import Backend
from provider.commerce import policy
from provider.resources.checks import is_known
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, PlanRequest, PlanResult, Values
from provider.resources.naming import name_taken, unknown_here
from provider.resources.purchasing import charges, undeliverable
from provider.resources.solution import plan_new, plan_switch, set_defaults


def plan(request: PlanRequest, backend: Backend) -> PlanResult:
    """Plan one contract."""
    if request.proposed is None:
        return PlanResult(None, _plan_end(request.prior, backend))
    planned = dict(request.proposed)
    if request.prior is None:
        return PlanResult(planned, _plan_create(planned, request.config or planned, backend))
    return PlanResult(planned, _plan_change(planned, request.prior, request, backend))


def _plan_create(planned: Values, config: Values, backend: Backend) -> Diagnostics:
    set_defaults(planned, config, backend)
    planned["status"] = planned["paid_until"] = planned["id"] = UNKNOWN
    if not is_known(planned["name"]):
        return plan_new(planned, None, backend)
    view = backend.contract_named(planned["name"])
    if view is not None and not view.open_orders:
        return (name_taken("order", view.contract.id, view.name, view, backend),)
    identity = backend.identity("order", planned["name"])
    planned["id"] = identity.contract_id
    return plan_new(planned, identity, backend)


def _plan_change(planned: Values, prior: Values, request: PlanRequest, backend: Backend) -> Diagnostics:
    if is_known(planned["name"]) and planned["name"] != prior["name"]:
        return tuple(Diagnostic.of_refusal(r) for r in policy.rename(prior["name"], planned["name"]))
    view = backend.contract(prior["id"])
    if view is None:
        return unknown_here("order", prior, backend) or (
            Diagnostic(
                "error",
                f"The contract {prior['name']} has ended (rule L3)",
                "It ended since the state was read. Plan again with a refresh: the plan then shows a new contract.",
            ),
        )
    diagnostics = plan_switch(planned, prior, view, backend, request.private)
    if prior["status"] == "provisioning" or charges(planned, prior):
        planned["status"] = UNKNOWN
    if view.server_id is None:
        return diagnostics
    return (*diagnostics, *undeliverable(planned, prior, diagnostics, backend))


def _plan_end(prior: Values | None, backend: Backend) -> Diagnostics:
    view = backend.contract(prior["id"]) if prior else None
    if prior is None or view is None:
        return unknown_here("order", prior, backend) if prior else ()
    summary, detail = policy.what_an_end_loses(view.name, view.contract, keeps_contract=False, has_machine=False)
    return (Diagnostic("warning", summary, detail),)
