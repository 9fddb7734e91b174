"""The results of the functions: arguments are read, commerce computes, refusals become errors of their arguments.

Each raises ArgumentError and UnknownArgumentError.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce import sizing
from provider.resources.functions.arguments import read_catalogue, read_needs, read_solution, refuse
from provider.resources.model import Value

if TYPE_CHECKING:
    from provider.commerce.sizing import Found


def monthly_price(catalogue: Value, wanted: Value) -> Value:
    """What a solution costs a month."""
    sold = read_catalogue("catalogue", catalogue)
    price = sizing.monthly_price(sold, _without_zeros(read_solution("wanted", wanted)))
    if not isinstance(price, Decimal):
        raise refuse(price, "wanted")
    return f"{price:.2f}"


def _without_zeros(solution: sizing.Solution) -> sizing.Solution:
    quantities = {kind: units for kind, units in solution.quantities.items() if units}
    return sizing.Solution(solution.offer, solution.os, quantities)


def is_improvement(catalogue: Value, held: Value, wanted: Value) -> Value:
    """Whether one solution takes nothing away from another (C2)."""
    sold = read_catalogue("catalogue", catalogue)
    before, after = read_solution("held", held), read_solution("wanted", wanted)
    improves = sizing.is_improvement(sold, before, after)
    if isinstance(improves, tuple):
        raise refuse(improves, "wanted" if sold.offer(before.offer) else "held")
    return improves


def cheapest_offer(catalogue: Value, needs: Value) -> Value:
    """The cheapest solution that meets needs, what it has and what it costs."""
    sold = read_catalogue("catalogue", catalogue)
    wanted, os = read_needs("needs", needs)
    found = sizing.cheapest_offer(sold, wanted, os)
    if isinstance(found, tuple):
        raise refuse(found, "needs")
    return _found(found, sold.currency)


def _found(found: Found, currency: str) -> Value:
    return {
        "offer": found.solution.offer,
        "os": found.solution.os,
        "additional_resources": dict(found.solution.quantities),
        "characteristics": found.characteristics.model_dump(),
        "monthly_price": f"{found.monthly_price:.2f}",
        "currency": currency,
    }
