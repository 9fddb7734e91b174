"""Applying a planned contract: buy what is charged, make the free changes, read it back."""

from __future__ import annotations

from provider.backend.port import Backend, BackendError, ContractTerms, ContractView
from provider.resources.checks import parse_money, timeout_of
from provider.resources.model import ApplyRequest, Diagnostic, Diagnostics, StateResult, Values
from provider.resources.naming import unknown_here
from provider.resources.order.reading import state_of
from provider.resources.purchasing import buy, charges, improve
from provider.resources.stamp import stamp
from provider.resources.twice import create_once


def apply(request: ApplyRequest, backend: Backend) -> StateResult:
    """Make a planned change of one contract."""
    if request.planned is None:
        return _end(request.prior, backend)
    if request.prior is None:
        planned = request.planned
        return create_once("order", planned, backend, lambda: _create(planned, backend))
    return _change(request.planned, request.prior, backend)


def _create(planned: Values, backend: Backend) -> StateResult:
    bought = buy(
        backend,
        planned["charge"],
        payment_method=planned["payment_method"],
        max_charge=planned["max_charge"],
        timeout_seconds=timeout_of(planned, "create"),
        terms=ContractTerms("order", planned["name"], planned["auto_renew"], parse_money(planned["max_charge"])),
    )
    if bought.order is None:
        return StateResult(None, bought.diagnostics)
    return _read_back(planned, backend, bought.diagnostics, gone=None)


def _change(planned: Values, prior: Values, backend: Backend) -> StateResult:
    view = backend.contract(prior["id"])
    if view is None:
        return StateResult(None)
    diagnostics = improve(planned, prior, view, backend, allow_restart=planned["allow_restart"])
    if any(d.severity == "error" for d in diagnostics):
        return StateResult(prior, diagnostics)
    try:
        _configure(planned, prior, view, backend)
    except BackendError as error:
        diagnostics = (*diagnostics, Diagnostic.of_error(error))
    return _read_back(planned, backend, diagnostics, gone=prior)


def _configure(planned: Values, prior: Values, view: ContractView, backend: Backend) -> None:
    new_os = planned["os"] if not charges(planned, prior) and planned["os"] != prior["os"] else None
    if new_os and view.server_id:
        server = backend.server(view.server_id)
        if server is not None:
            timeout = timeout_of(planned, "update")
            backend.configure_server(server.id, server.settings, os=new_os, timeout_seconds=timeout)
            new_os = None
    terms = ("payment_method", "auto_renew", "term_months")
    if new_os or any(planned[name] != prior[name] for name in (*terms, "max_charge")):
        backend.configure_contract(
            view.contract.id,
            os=new_os,
            max_charge=parse_money(planned["max_charge"]),
            **{name: planned[name] for name in terms},
        )


def _end(prior: Values | None, backend: Backend) -> StateResult:
    if prior is None:
        return StateResult(None)
    try:
        if backend.contract(prior["id"]) is not None:
            backend.end_contract(prior["id"])
        elif unknown := unknown_here("order", prior, backend):
            return StateResult(prior, unknown)
    except BackendError as error:
        return StateResult(prior, (Diagnostic.of_error(error),))
    return StateResult(None)


def _read_back(planned: Values, backend: Backend, diagnostics: Diagnostics, *, gone: Values | None) -> StateResult:
    view = backend.contract(planned["id"])
    if view is None:
        return StateResult(gone, diagnostics)
    return StateResult(state_of(view, planned, backend), diagnostics, stamp(backend, view.contract, "solution"))
