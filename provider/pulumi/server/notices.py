"""What a person reads beside the preview: what will be charged, and the warnings of a plan."""

from __future__ import annotations

from provider.pulumi.server.problems import Wording, warnings
from provider.pulumi.server.server import Server
from provider.resources.charging import goes_on
from provider.resources.model import UNKNOWN, Diagnostics, Values


def tell_plan(
    server: Server,
    urn: str,
    wording: Wording,
    planned: Values,
    prior: Values | None,
    diagnostics: Diagnostics,
    *,
    preview: bool,
) -> None:
    """Show what a plan charges, with its warnings."""
    charge = _charge(planned, prior, preview=preview)
    if charge is not None and not goes_on(diagnostics):
        server.engine.tell("info", wording.clean(charge), urn)
    tell_warnings(server, urn, wording, diagnostics)


def tell_warnings(server: Server, urn: str, wording: Wording, diagnostics: Diagnostics) -> None:
    for diagnostic in warnings(diagnostics):
        server.engine.tell("warning", wording.text(diagnostic), urn)


def _charge(planned: Values, prior: Values | None, *, preview: bool) -> str | None:
    charge = planned["charge"]
    if charge is UNKNOWN:
        return (
            "What this will charge is not known yet: it depends on values that are known only after other changes "
            "(rule P7). It is priced and checked again before anything is ordered."
        )
    if charge is None or (prior is not None and charge == prior["charge"]):
        return None
    currency, monthly = planned["currency"], planned["monthly_price"]
    lines = charge["lines"]
    listed = "; ".join(f"{line['description']}: {line['amount']}" for line in lines)
    parts = f" ({listed})" if len(lines) > 1 else ""
    verb = "Will charge" if preview else "Charging"
    rent = "" if monthly is UNKNOWN else f" Then {monthly} {currency} a month."
    return f"{verb} {charge['amount']} {currency} now: {charge['reason']}{parts}. Quote {charge['quote_id']}.{rent}"
