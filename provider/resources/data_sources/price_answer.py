"""The answer of the data source ``price``: loaded only when it is asked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from provider.backend.port import Backend, ContractView
from provider.commerce.estimate import Estimate
from provider.commerce.pricing import ZERO, monthly_price_of
from provider.commerce.refusal import Refusal
from provider.resources.checks import parse_day
from provider.resources.data_sources.lookup import LookupFailedError
from provider.resources.estimating import Wish, permissions, price_change, price_new
from provider.resources.model import Values

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def price(config: Values, backend: Backend) -> Values:
    """From the configuration of ``qualit_price`` to its computed attributes; raises LookupFailedError."""
    catalogue, today = backend.catalogue(), backend.now().date()
    day = today if config["on"] is None else parse_day(config["on"]) or today
    wish = Wish(
        config["offer"],
        config["os"],
        config["term_months"],
        config["additional_resources"] or {},
        renew=config["renew"] is True,
    )
    if config["server"] is None:
        return {**_values(catalogue, None, price_new(catalogue, wish, day, today), day), "requires": []}
    view = contract_named(backend, config["server"])
    outcome = price_change(backend, view, wish, day, today)
    required = permissions(backend, view, outcome) if isinstance(outcome, Estimate) else {}
    return {**_values(catalogue, view, outcome, day), "requires": list(required)}


def contract_named(backend: Backend, name: str) -> ContractView:
    """The contract of a server, or of an Order, of this name; raises LookupFailedError."""
    server = backend.server_named(name)
    view = server.contract if server else backend.contract_named(name)
    if view is None:
        known = ", ".join(sorted(each.name for each in backend.servers())) or "none yet"
        detail = f'There is no server or order called "{name}" in this account. Servers: {known}.'
        raise LookupFailedError("Server not found", detail, "server")
    return view


def _values(
    catalogue: Catalogue, view: ContractView | None, outcome: Estimate | tuple[Refusal, ...], day: date
) -> Values:
    refused = outcome if isinstance(outcome, tuple) else ()
    priced = outcome if isinstance(outcome, Estimate) else None
    before = monthly_price_of(view.contract) if view else ZERO
    return {
        "priced_on": day.isoformat(),
        "due_now": f"{priced.due_now:.2f}" if priced else None,
        "lines": [
            {"description": line.description, "amount": f"{line.amount:.2f}"}
            for proposal in (priced.proposals if priced else ())
            for line in proposal.lines
        ],
        "monthly_price": f"{priced.monthly_price:.2f}" if priced else None,
        "monthly_price_before": f"{before:.2f}",
        "currency": view.contract.currency if view else catalogue.currency,
        "paid_until": priced.after.paid_until.isoformat() if priced else None,
        "unit_prices": {each.type: f"{each.unit_price:.2f}" for each in catalogue.additional_resources},
        "problems": [
            {"rule": each.rule, "attribute": each.attribute, "summary": each.summary, "detail": each.detail}
            for each in refused
        ],
    }
