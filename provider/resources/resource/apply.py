"""Applying a planned additional resource: buy what is charged and read it back; or release it."""

from __future__ import annotations

from provider.backend.port import PAID_UNDELIVERED, Backend, ServerView
from provider.resources.checks import timeout_of
from provider.resources.model import ApplyRequest, Diagnostic, Diagnostics, StateResult, Values
from provider.resources.purchasing import buy, charges, finish
from provider.resources.resource.reading import state_of
from provider.resources.stamp import stamp


def apply(request: ApplyRequest, backend: Backend) -> StateResult:
    """Make a planned change of one additional resource. The end of one touches nothing (C5)."""
    planned, prior = request.planned, request.prior
    if planned is None:
        return StateResult(None)
    server = backend.server(planned["vps_id"])
    if server is None:
        return StateResult(prior, (_no_server(planned["vps_id"]),))
    diagnostics = _buy(planned, prior, server, backend)
    if any(d.severity == "error" for d in diagnostics):
        return StateResult(prior, diagnostics)
    server = backend.server(planned["vps_id"])
    if server is None:
        return StateResult(None, diagnostics)
    private = stamp(backend, server.contract.contract, planned["type"])
    return StateResult(state_of(server, planned["type"], planned), diagnostics, private)


def _buy(planned: Values, prior: Values | None, server: ServerView, backend: Backend) -> Diagnostics:
    timeout = timeout_of(planned, "create" if prior is None else "update")
    if charges(planned, prior):
        method = planned["payment_method"] or server.contract.payment_method
        return buy(
            backend,
            planned["charge"],
            payment_method=method,
            max_charge=planned["max_charge"],
            timeout_seconds=timeout,
            allow_restart=planned["allow_restart"],
        ).diagnostics
    for order in server.contract.open_orders:
        if order.line == planned["type"] and order.status in PAID_UNDELIVERED:
            return finish(backend, order.id, timeout_seconds=timeout).diagnostics
    return ()


def _no_server(vps_id: str) -> Diagnostic:
    return Diagnostic(
        "error",
        "Server not found",
        f'vps_id is "{vps_id}", and no server of that id exists. Write vps_id = qualit_vps.NAME.id. Nothing was '
        "ordered.",
        ("vps_id",),
    )
