"""Planning an additional resource: what adding, enlarging and releasing one would do and cost."""

from __future__ import annotations

from provider.backend.port import Backend, ServerView
from provider.commerce import policy
from provider.commerce.change import SetQuantity
from provider.commerce.contract import RESOURCE_TYPES, Contract, ResourceType
from provider.commerce.proposal import is_free
from provider.resources.charging import Line, check_payment_method, goes_on, moved, plan_charge
from provider.resources.checks import is_known
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, PlanRequest, PlanResult, Values
from provider.resources.purchasing import undeliverable
from provider.resources.resource.reading import unit_price
from provider.resources.restarting import plan_restart
from provider.resources.stamp import stamp_of

PRICED = ("unit_price", "monthly_price", "charge", "status")


def plan(request: PlanRequest, backend: Backend) -> PlanResult:
    """Plan one additional resource."""
    if request.proposed is None:
        return PlanResult(None, _plan_release(request.prior, backend))
    planned = dict(request.proposed)
    prior = request.prior
    if prior is not None:
        moved = _moved(planned, prior)
        if moved:
            return PlanResult(planned, moved)
    diagnostics = _plan_quantity(planned, prior, request, backend)
    return PlanResult(planned, (*diagnostics, *undeliverable(planned, prior, diagnostics, backend)))


def _plan_quantity(planned: Values, prior: Values | None, request: PlanRequest, backend: Backend) -> Diagnostics:
    vps_id, type_, quantity = planned["vps_id"], planned["type"], planned["quantity"]
    planned["id"] = f"{vps_id}/{type_}" if is_known(vps_id, type_) else UNKNOWN
    planned["currency"] = backend.catalogue().currency
    if prior is None:
        _unknown_until_priced(planned)
    if is_known(vps_id) and not vps_id.startswith("vps-"):
        return (_no_server_id(vps_id, backend),)
    server = backend.server(vps_id) if is_known(vps_id) else None
    contract = server.contract.contract if server else backend.expected_contract(vps_id) if is_known(vps_id) else None
    if not is_known(type_, quantity) or contract is None:
        _unknown_until_priced(planned)
        return _refusals(backend, type_, quantity)
    change = SetQuantity(type_, quantity)
    if server is not None and _is_adopted(backend, server, contract, change):
        return (*_adopt(planned, prior, contract, type_, request.private), *_changed_method(planned, prior, backend))
    _unknown_until_priced(planned)
    charge = plan_charge(
        backend,
        Line(contract.id, type_, contract),
        change,
        max_charge=planned["max_charge"],
        payment_method=_method_of(server) if planned["payment_method"] is None else planned["payment_method"],
        last_read=stamp_of(request.private),
    )
    if charge.value is not None and charge.monthly_price is not None:
        planned["charge"] = charge.value
        planned["monthly_price"] = f"{charge.monthly_price:.2f}"
        planned["unit_price"] = unit_price(charge.monthly_price, quantity)
    held = contract.quantity(type_) if prior is None else 0
    restart: Diagnostics = ()
    if charge.value is not None and not goes_on(charge.diagnostics):
        restart = plan_restart(server, change, planned["allow_restart"], backend)
    return (*charge.diagnostics, *restart, *(_difference_only(type_, held) if held and charge.value else ()))


def _no_server_id(vps_id: str, backend: Backend) -> Diagnostic:
    named = backend.server_named(vps_id)
    meant = f', or vps_id = "{named.id}" for the server of that name' if named else ""
    return Diagnostic(
        "error",
        "Not the id of a server (rule C5)",
        f"{policy.written('vps_id', vps_id)} is not the id of a server. Write vps_id = qualit_vps.NAME.id{meant}.",
        ("vps_id",),
    )


def _difference_only(type_: ResourceType, held: int) -> Diagnostics:
    return (
        Diagnostic(
            "warning",
            f"The server has additional {type_} already (rule C5)",
            f"{policy.counted(held, type_)} are on its contract, from an earlier declaration or another one: this "
            "charges only what is above them. If a plan that you approved showed another charge, it changed since: "
            "plan again (rule N6).",
            ("quantity",),
        ),
    )


def _unknown_until_priced(planned: Values) -> None:
    for name in PRICED:
        planned[name] = UNKNOWN
    planned["addresses"] = [] if is_known(planned["type"]) and planned["type"] != "ipv4" else UNKNOWN


def _is_adopted(backend: Backend, server: ServerView, contract: Contract, change: SetQuantity) -> bool:
    """The server has the quantity already, and no order is open that would change it (C5)."""
    pending = any(order.line == change.type for order in server.contract.open_orders)
    return not pending and is_free(backend.catalogue(), contract, change)


def _adopt(
    planned: Values, prior: Values | None, contract: Contract, type_: ResourceType, private: dict[str, str]
) -> Diagnostics:
    line = contract.lines[type_]
    overtaken = prior is not None and prior["quantity"] != line.quantity
    if overtaken and stamp_of(private).revision not in (None, line.revision):
        return (moved(type_),)
    if prior is None or overtaken:
        planned["monthly_price"] = f"{line.monthly_price:.2f}"
        planned["unit_price"] = unit_price(line.monthly_price, line.quantity)
    if prior is not None:
        if overtaken or prior["status"] == "provisioning":
            planned["status"] = planned["addresses"] = UNKNOWN
        return ()
    planned["charge"] = None
    return (
        Diagnostic(
            "warning",
            f"The server has this additional {type_} already (rule C5)",
            f"{policy.counted(line.quantity, type_)} are on the contract and paid until {contract.paid_until}. This "
            "takes them into management again and charges nothing. If a plan that you approved showed a charge, they "
            "were bought since: plan again (rule N6).",
        ),
    )


def _moved(planned: Values, prior: Values) -> Diagnostics:
    if is_known(planned["vps_id"]) and planned["vps_id"] != prior["vps_id"]:
        return tuple(Diagnostic.of_refusal(r) for r in policy.move_addition(prior["vps_id"], planned["vps_id"]))
    if is_known(planned["type"]) and planned["type"] != prior["type"]:
        return tuple(Diagnostic.of_refusal(r) for r in policy.change_type(prior["type"], planned["type"]))
    return ()


def _changed_method(planned: Values, prior: Values | None, backend: Backend) -> Diagnostics:
    """A means of payment that is written anew can be used, also where nothing is paid with it now: it is kept (S5)."""
    method = planned["payment_method"]
    if method is None or not is_known(method) or (prior is not None and method == prior["payment_method"]):
        return ()
    return check_payment_method(backend, method)


def _method_of(server: ServerView | None) -> object:
    """The server's means of payment; not known here for a server that is only planned."""
    return server.contract.payment_method if server else UNKNOWN


def _refusals(backend: Backend, type_: object, quantity: object) -> Diagnostics:
    """What is wrong with a quantity whatever the server is."""
    if type_ not in RESOURCE_TYPES or not isinstance(quantity, int):
        return ()
    refusals = policy.quantity(backend.catalogue(), type_, quantity)
    return tuple(Diagnostic.of_refusal(refusal) for refusal in refusals)


def _plan_release(prior: Values | None, backend: Backend) -> Diagnostics:
    server = backend.server(prior["vps_id"]) if prior else None
    if prior is None or server is None:
        return ()
    held = policy.counted(prior["quantity"], prior["type"])
    return (
        Diagnostic(
            "warning",
            f"The additional {prior['type']} stays on {server.name} (rule C5)",
            f"Removing the declaration releases it from management only: the server keeps {held}, paid until "
            f"{server.contract.contract.paid_until} and renewed with it for {prior['monthly_price']} "
            f"{prior['currency']} a month. Only the end of the server ends that.",
        ),
    )
