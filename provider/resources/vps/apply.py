"""Applying a planned server: buy what is charged, then make the free changes, then read it back."""

from __future__ import annotations

from dataclasses import replace

from provider.backend.port import (
    Backend,
    BackendError,
    ContractTerms,
    ServerSettings,
    ServerView,
)
from provider.resources.checks import parse_money, timeout_of
from provider.resources.model import ApplyRequest, Diagnostic, Diagnostics, StateResult, Values
from provider.resources.naming import unknown_here
from provider.resources.power import leaves_as_found, machine_notices
from provider.resources.purchasing import buy, charges, improve
from provider.resources.stamp import stamp
from provider.resources.twice import create_once
from provider.resources.vps.inside import keys_wait
from provider.resources.vps.reading import state_of


def apply(request: ApplyRequest, backend: Backend) -> StateResult:
    """Make a planned change of one server."""
    if request.planned is None:
        return _end(request.prior, backend)
    if request.prior is None:
        planned, config = request.planned, request.config or request.planned
        return create_once("server", planned, backend, lambda: _create(planned, config, backend))
    return _change(request.planned, request.prior, request.config or request.planned, backend)


def _create(planned: Values, config: Values, backend: Backend) -> StateResult:
    settings = _settings(planned, config)
    timeout = timeout_of(planned, "create")
    diagnostics: Diagnostics = ()
    try:
        if planned["order_id"] is not None:
            backend.run_on_contract(planned["name"], planned["order_id"], settings, timeout_seconds=timeout)
        else:
            bought = buy(
                backend,
                planned["charge"],
                payment_method=planned["payment_method"],
                max_charge=planned["max_charge"],
                timeout_seconds=timeout,
                terms=ContractTerms("vps", planned["name"], planned["auto_renew"], parse_money(planned["max_charge"])),
                settings=settings,
            )
            diagnostics = bought.diagnostics
            if bought.order is None:
                return StateResult(None, diagnostics)
    except BackendError as error:
        if _view(planned["id"], backend) is None:
            return StateResult(None, (Diagnostic.of_error(error),))
        # An error would taint the server, and the next apply would destroy it: it exists, so this is a warning.
        diagnostics = (replace(Diagnostic.of_error(error), severity="warning"),)
    return _read_back(planned, backend, diagnostics, gone=None)


def _change(planned: Values, prior: Values, config: Values, backend: Backend) -> StateResult:
    view = backend.server(prior["id"])
    if view is None:
        return StateResult(None)
    diagnostics: Diagnostics = ()
    if prior["order_id"] is None:
        diagnostics = improve(planned, prior, view.contract, backend, allow_restart=planned["allow_restart"] is True)
        if any(d.severity == "error" for d in diagnostics):
            return StateResult(prior, diagnostics)
    try:
        diagnostics = (*diagnostics, *_configure(planned, prior, config, view, backend))
    except BackendError as error:
        diagnostics = (*diagnostics, Diagnostic.of_error(error))
        return _read_back({**planned, **_free_part(prior)}, backend, diagnostics, gone=prior)
    return _read_back(planned, backend, diagnostics, gone=prior)


_FREE = ("power_state", "hostname", "ssh_keys", "labels", "deletion_protection", "allow_restart")


def _free_part(values: Values) -> Values:
    return {name: values[name] for name in _FREE}


def _configure(planned: Values, prior: Values, config: Values, view: ServerView, backend: Backend) -> Diagnostics:
    """Make the free changes; ``view`` is the server before this apply. Warnings come back."""
    warnings: Diagnostics = ()
    timeout = timeout_of(planned, "update")
    if prior["order_id"] is not None and prior["status"] == "provisioning":
        settings = _settings(planned, config)
        backend.run_on_contract(planned["name"], prior["order_id"], settings, timeout_seconds=timeout)
    own_free_change = prior["order_id"] is None and not charges(planned, prior)
    reinstalled_os = planned["os"] if own_free_change and planned["os"] != prior["os"] else None
    free = any(planned[name] != prior[name] for name in _FREE) or leaves_as_found(planned, prior, config, view)
    if reinstalled_os or free:
        settings = _settings(planned, config)
        warnings = keys_wait(backend.configure_server(view.id, settings, os=reinstalled_os, timeout_seconds=timeout))
    terms = ("payment_method", "auto_renew", "term_months")
    if prior["order_id"] is None and any(planned[name] != prior[name] for name in (*terms, "max_charge")):
        backend.configure_contract(
            view.contract.contract.id,
            max_charge=parse_money(planned["max_charge"]),
            **{name: planned[name] for name in terms},
        )
    return warnings


def _end(prior: Values | None, backend: Backend) -> StateResult:
    if prior is None:
        return StateResult(None)
    try:
        if backend.server(prior["id"]) is not None:
            backend.end_server(prior["id"])
        elif unknown := unknown_here("server", prior, backend):
            return StateResult(prior, unknown)
    except BackendError as error:
        return StateResult(prior, (Diagnostic.of_error(error),))
    return StateResult(None)


def _settings(planned: Values, config: Values) -> ServerSettings:
    """The settings of a plan; write-only user data is in the configuration alone."""
    return ServerSettings(
        power_state=planned["power_state"],
        hostname=planned["hostname"],
        ssh_keys=tuple(planned["ssh_keys"]),
        user_data=config["user_data_wo"] or planned["user_data"],
        labels=dict(planned["labels"]),
        deletion_protection=planned["deletion_protection"],
        allow_restart=planned["allow_restart"] is True,
    )


def _read_back(planned: Values, backend: Backend, diagnostics: Diagnostics, *, gone: Values | None) -> StateResult:
    """The state after an apply: what the platform has, and the power state that was planned."""
    view = _view(planned["id"], backend)
    if view is None:
        return StateResult(gone, diagnostics)
    state = state_of(view, planned, backend)
    failed = any(d.severity == "error" for d in diagnostics)
    if not failed and state["power_state"] != planned["power_state"]:
        # What was planned is recorded; that the machine is in another state by now is drift, for the next plan.
        state["power_state"] = planned["power_state"]
        diagnostics = (*diagnostics, *machine_notices(view, backend))
    return StateResult(state, diagnostics, stamp(backend, view.contract.contract, "solution"))


def _view(server_id: str, backend: Backend) -> ServerView | None:
    try:
        return backend.server(server_id, observe=True)
    except BackendError:
        return backend.server(server_id)
