"""Planning a server: what a create, a change and the end of one would do and cost."""

from __future__ import annotations

from provider.backend.port import Backend, ServerView
from provider.commerce import policy
from provider.commerce.refusal import Refusal
from provider.resources.checks import is_given, is_known
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, PlanRequest, PlanResult, Values
from provider.resources.naming import name_taken, unknown_here
from provider.resources.power import leaves_as_found
from provider.resources.purchasing import charges, undeliverable
from provider.resources.solution import plan_new, plan_switch, set_defaults
from provider.resources.vps.inside import changed, plan_inside

SETTINGS_DEFAULTS = {"power_state": "running", "ssh_keys": [], "labels": {}, "deletion_protection": False}
"""What a new server is set to where the configuration leaves it out; at creation only (C10)."""

DECIDED_BY_APPLY = ("status", "ipv4_address", "paid_until")


def plan(request: PlanRequest, backend: Backend) -> PlanResult:
    """Plan one server."""
    if request.proposed is None:
        return PlanResult(None, _plan_end(request.prior, backend))
    planned = dict(request.proposed)
    if request.prior is None:
        diagnostics = _plan_create(planned, request.config or planned, backend)
    else:
        diagnostics = _plan_change(planned, request.prior, request, backend)
    return PlanResult(planned, diagnostics)


def _plan_create(planned: Values, config: Values, backend: Backend) -> Diagnostics:
    _set_defaults(planned, config)
    name = planned["name"]
    for attribute in DECIDED_BY_APPLY:
        planned[attribute] = UNKNOWN
    if is_known(name):
        if is_given(taken := backend.server_named(name)) and taken is not None and not _is_being_created(taken):
            return (name_taken("server", taken.id, taken.name, taken.contract, backend),)
        identity = backend.identity("vps", name)
        planned["id"] = identity.server_id
    else:
        identity = None
        planned["id"] = UNKNOWN
    if is_given(planned["order_id"]):
        return _plan_on_order(planned, backend)
    set_defaults(planned, config, backend)
    diagnostics = plan_new(planned, identity, backend)
    return (*diagnostics, *undeliverable(planned, None, diagnostics, backend))


def _is_being_created(view: ServerView) -> bool:
    """A create of it may be resumed (L4); whether it is the same one is decided with its order."""
    return view.status == "provisioning"


def _set_defaults(planned: Values, config: Values) -> None:
    for attribute, default in SETTINGS_DEFAULTS.items():
        if config[attribute] is None:
            planned[attribute] = default
    if config["hostname"] is None:
        planned["hostname"] = planned["name"]


def _plan_on_order(planned: Values, backend: Backend) -> Diagnostics:
    """A server on a contract of its own costs nothing: everything that is priced is the order's."""
    order_id = planned["order_id"]
    if not is_known(order_id):
        return ()
    view = backend.contract(order_id)
    if view is None and backend.expected_contract(order_id) is None:
        return _no_such_order(order_id)
    if view is not None and view.kind == "vps":
        return _no_such_order(order_id)
    if view is not None and view.server_id not in (None, planned["id"]):
        return (
            Diagnostic.of_refusal(
                Refusal(
                    "L5",
                    "order_id",
                    "The contract is in use",
                    f'Another server runs on the contract of the order "{view.name}" already ({view.server_id}). A '
                    "contract runs one server: end that one first, or buy another contract.",
                )
            ),
        )
    return ()


def _no_such_order(order_id: str) -> Diagnostics:
    return (
        Diagnostic.of_refusal(
            Refusal(
                "L5",
                "order_id",
                "Order not found",
                f'order_id is "{order_id}", and no contract that lives was bought with an order of that id. Write '
                "order_id = qualit_order.NAME.id.",
            )
        ),
    )


def _plan_change(planned: Values, prior: Values, request: PlanRequest, backend: Backend) -> Diagnostics:
    view = backend.server(prior["id"])
    if view is None:
        return unknown_here("server", prior, backend) or (
            Diagnostic(
                "error",
                f"The server {prior['name']} has ended (rule L3)",
                "Its contract ended since the state was read. Plan again with a refresh: the plan then shows a new, "
                "empty server.",
            ),
        )
    fixed = _fixed(planned, prior)
    if fixed:
        return fixed
    _plan_power(planned, prior, request.config or planned, view)
    diagnostics = plan_inside(planned, prior, backend)
    if prior["order_id"] is None and planned["order_id"] is None:  # an unknown one is refused once it is known
        diagnostics = (*diagnostics, *plan_switch(planned, prior, view.contract, backend, request.private))
    if view.status == "suspended" and not any(d.severity == "error" for d in diagnostics):
        diagnostics = (*diagnostics, *_only_renewable(planned, prior, view, backend))
    if prior["status"] == "provisioning":
        planned["status"] = planned["ipv4_address"] = UNKNOWN
    if charges(planned, prior):
        planned["status"] = UNKNOWN
    return (*diagnostics, *undeliverable(planned, prior, diagnostics, backend))


def _plan_power(planned: Values, prior: Values, config: Values, view: ServerView) -> None:
    """Nobody keeps a server paused; and one that was brought into the wished state by another hand is left in it."""
    if config["power_state"] is None and prior["power_state"] == "paused":
        planned["power_state"] = view.settings.power_state
    if leaves_as_found(planned, prior, config, view):
        planned["status"] = UNKNOWN  # Nothing else differs, and an apply has to record it.


def _only_renewable(planned: Values, prior: Values, view: ServerView, backend: Backend) -> Diagnostics:
    """The refusal to change what only a paid server can be changed in (L2), or one that no bank disputes (L8).

    How it renews can be changed; in a dispute also what only stands in the records.
    """
    contract, today, contact = view.contract.contract, backend.now().date(), backend.catalogue().contact
    recorded = ("labels", "deletion_protection", "allow_restart") if contract.dispute is None else ()
    return tuple(
        Diagnostic.of_refusal(refusal)
        for name in ("power_state", "hostname", "ssh_keys", "os", *recorded)
        if changed(planned[name], prior[name])
        for refusal in policy.undisputed(contract, contact, name) or policy.paid(contract, today, name)
    )


def _fixed(planned: Values, prior: Values) -> Diagnostics:
    if is_known(planned["name"]) and planned["name"] != prior["name"]:
        return tuple(Diagnostic.of_refusal(r) for r in policy.rename(prior["name"], planned["name"]))
    if planned["order_id"] is not UNKNOWN and planned["order_id"] != prior["order_id"]:
        held = f'order_id = "{prior["order_id"]}"' if prior["order_id"] else "no order_id"
        return (
            Diagnostic.of_refusal(
                Refusal(
                    "C9",
                    "order_id",
                    "A server cannot move to another contract",
                    f"The server {prior['name']} has {held}. Write that again; a server on another contract is a new "
                    "server with a name of its own.",
                )
            ),
        )
    return ()


def _plan_end(prior: Values | None, backend: Backend) -> Diagnostics:
    view = backend.server(prior["id"]) if prior else None
    if prior is None or view is None:
        return unknown_here("server", prior, backend) if prior else ()
    if view.settings.deletion_protection:
        return tuple(Diagnostic.of_refusal(r) for r in policy.deletion_protected(view.name))
    summary, detail = policy.what_an_end_loses(
        view.name, view.contract.contract, keeps_contract=view.contract.kind == "order"
    )
    return (Diagnostic("warning", summary, detail),)
