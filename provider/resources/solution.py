"""Planning the solution line of a contract, offer and operating system, for the resources that sell one.

``vps`` and ``order`` sell the same thing; they differ in what runs on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provider.backend.port import PAID_UNDELIVERED, Backend, ContractView, Identity
from provider.commerce import policy
from provider.commerce.change import NewContract, SwitchSolution
from provider.commerce.proposal import is_free, with_operating_system
from provider.resources.charging import (
    Charge,
    Line,
    check_payment_method,
    goes_on,
    moved,
    open_order_differs,
    plan_charge,
)
from provider.resources.checks import is_known
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value, Values
from provider.resources.restarting import plan_restart
from provider.resources.stamp import stamp_of

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

DEFAULT_OS = "debian-12"
DEFAULT_TERM_MONTHS = 1
"""What is ordered unless the configuration says otherwise; at creation only (C10)."""

PRICED = ("characteristics", "monthly_price", "charge")


@dataclass(frozen=True, slots=True)
class SolutionState:
    """A contract's solution as a resource shows it."""

    offer: str
    os: str
    monthly_price: str
    provisioning: bool


def solution_state(view: ContractView) -> SolutionState:
    """The solution that is paid for, delivered or not: a refresh must not show the one before as drift."""
    line = view.contract.solution
    order = next((o for o in view.open_orders if o.line == "solution" and o.status in PAID_UNDELIVERED), None)
    if order is not None and isinstance(order.change, NewContract | SwitchSolution):
        return SolutionState(order.change.offer, order.change.os, f"{order.monthly_price:.2f}", provisioning=True)
    return SolutionState(line.offer or "", line.os or "", f"{line.monthly_price:.2f}", provisioning=False)


def contract_state(view: ContractView, backend: Backend) -> Values:
    """What a resource that owns a contract shows of it, but for its status."""
    solution = solution_state(view)
    offer = backend.catalogue().offer(solution.offer)
    improvements = view.contract.solution.improvements
    return {
        "offer": solution.offer,
        "os": solution.os,
        "term_months": view.contract.term_months,
        "payment_method": view.payment_method,
        "auto_renew": view.auto_renew,
        "characteristics": offer.characteristics.model_dump() if offer else None,
        "monthly_price": solution.monthly_price,
        "currency": view.contract.currency,
        "paid_until": view.contract.paid_until.isoformat(),
        "improved_at": improvements[-1].at.isoformat() if improvements else None,
        "improved_from": improvements[-1].before if improvements else None,
    }


def set_defaults(planned: Values, config: Values, backend: Backend) -> None:
    """Fill in what a new contract is ordered with where the configuration leaves it out."""
    defaults = {
        "os": DEFAULT_OS,
        "term_months": DEFAULT_TERM_MONTHS,
        "payment_method": backend.account().default_payment_method,
        "auto_renew": True,
    }
    for name, default in defaults.items():
        if config.get(name) is None:
            planned[name] = default


def plan_new(planned: Values, identity: Identity | None, backend: Backend) -> Diagnostics:
    """Plan a contract that is not bought yet: prices into ``planned``; refusals come back.

    ``identity`` is None while the name is unknown.
    """
    catalogue = backend.catalogue()
    planned["currency"] = catalogue.currency
    for name in PRICED:
        planned[name] = UNKNOWN
    _show_characteristics(planned, catalogue)
    wanted = (planned["offer"], planned["os"], planned["term_months"])
    if identity is None or not is_known(*wanted):
        offer, os, months = (value if is_known(value) else None for value in wanted)
        return _refusals(policy.new_contract(catalogue, offer, os, months))
    charge = plan_charge(
        backend,
        Line(identity.contract_id, "solution", None, identity.name),
        NewContract(*wanted),
        max_charge=planned["max_charge"],
        payment_method=planned["payment_method"],
    )
    return _take(planned, charge)


def plan_switch(
    planned: Values, prior: Values, view: ContractView, backend: Backend, private: dict[str, str]
) -> Diagnostics:
    """Plan a change of a living contract's solution and terms; what is free leaves the last charge as it is."""
    catalogue = backend.catalogue()
    terms = _terms(planned, prior, view, backend)
    if not is_known(planned["offer"], planned["os"]):
        for name in (*PRICED, "improved_at", "improved_from"):
            planned[name] = UNKNOWN
        return terms
    change = SwitchSolution(planned["offer"], planned["os"])
    bought = next((o for o in view.open_orders if isinstance(o.change, NewContract)), None)
    if bought is not None and isinstance(bought.change, NewContract):
        same = (bought.change.offer, bought.change.os) == (change.offer, change.os)
        return terms if same else (*terms, open_order_differs(bought, "offer"))
    if not any(o.line == "solution" for o in view.open_orders) and is_free(catalogue, view.contract, change):
        overtaken = _overtaken(planned, prior, view, backend, private)
        if overtaken:
            return (*terms, *overtaken)
        if change.os != view.contract.solution.os:
            free = with_operating_system(catalogue, view.contract, change.os)
            planned["monthly_price"] = f"{free.solution.monthly_price:.2f}"
        return (*terms, *_reinstall(planned, view, catalogue, change))
    charge = plan_charge(
        backend,
        Line(view.contract.id, "solution", view.contract),
        change,
        max_charge=planned["max_charge"],
        payment_method=planned["payment_method"],
        last_read=stamp_of(private),
    )
    _show_characteristics(planned, catalogue)
    planned["improved_at"] = planned["improved_from"] = UNKNOWN
    restart: Diagnostics = ()
    if charge.value is not None and view.server_id is not None and not goes_on(charge.diagnostics):
        restart = plan_restart(backend.server(view.server_id), change, _allows_restart(planned, view), backend)
    return (*terms, *_reinstall(planned, view, catalogue, change), *restart, *_take(planned, charge))


def _allows_restart(planned: Values, view: ContractView) -> Value:
    """A server's own setting is what it is planned to be; an order that has none leaves it to its server."""
    value = planned["allow_restart"]
    return False if value is None and view.kind == "vps" else value


def _overtaken(
    planned: Values, prior: Values, view: ContractView, backend: Backend, private: dict[str, str]
) -> Diagnostics:
    """What a plan does where the solution was changed after the state was read: it shows it as it is.

    Unless it can be the plan that an apply makes again, after somebody else bought what the first one charges (N6).
    """
    solution = view.contract.solution
    if (prior["offer"], prior["os"]) == (solution.offer, solution.os):
        return ()
    if stamp_of(private).revision not in (None, view.contract.revision("solution")):
        return (moved("solution"),)
    present = contract_state(view, backend)
    planned.update(
        {name: present[name] for name in ("characteristics", "monthly_price", "improved_at", "improved_from")}
    )
    return ()


def _terms(planned: Values, prior: Values, view: ContractView, backend: Backend) -> Diagnostics:
    """The terms that are free to change: how long and by which means the contract will be renewed."""
    diagnostics: Diagnostics = ()
    months = planned["term_months"]
    if is_known(months) and months != prior["term_months"]:
        diagnostics = (
            Diagnostic(
                "warning",
                "The new duration counts from the next renewal (rule C6)",
                f"{view.name} is paid until {view.contract.paid_until}; nothing is charged now. Its next renewal will "
                f"be for {months} month{'s' if months > 1 else ''} in place of {prior['term_months']}.",
                ("term_months",),
            ),
        )
    method = planned["payment_method"]
    if is_known(method) and method != prior["payment_method"]:
        diagnostics = (*diagnostics, *check_payment_method(backend, method))
    return diagnostics


def _reinstall(planned: Values, view: ContractView, catalogue: Catalogue, change: SwitchSolution) -> Diagnostics:
    if planned["allow_reinstall"] is UNKNOWN:
        return ()
    allowed = planned["allow_reinstall"] is True
    refusals = policy.reinstall(catalogue, view.contract, change.os, allow_reinstall=allowed)
    if refusals or view.server_id is None or change.os == view.contract.solution.os:
        return _refusals(refusals)
    summary, detail = policy.what_a_reinstall_loses(catalogue, view.name, view.contract, change.os)
    return (Diagnostic("warning", summary, detail, ("os",)),)


def _show_characteristics(planned: Values, catalogue: Catalogue) -> None:
    offer = catalogue.offer(planned["offer"]) if is_known(planned["offer"]) else None
    planned["characteristics"] = offer.characteristics.model_dump() if offer else UNKNOWN


def _take(planned: Values, charge: Charge) -> Diagnostics:
    if charge.value is not None:
        planned["charge"] = charge.value
        planned["monthly_price"] = f"{charge.monthly_price:.2f}"
    return charge.diagnostics


def _refusals(refusals: tuple[policy.Refusal, ...]) -> Diagnostics:
    return tuple(Diagnostic.of_refusal(refusal) for refusal in refusals)
