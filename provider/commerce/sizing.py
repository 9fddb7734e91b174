"""Which offer, and what of it: questions that a catalogue alone answers, whatever the account has.

Called by the provider's functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce import policy
from provider.commerce.contract import ResourceType
from provider.commerce.pricing import ZERO, system_price
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import AdditionalResource, Catalogue, Characteristics, Offer

Quantities = Mapping[ResourceType, int]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a server could run on: an offer, a system and additional resources. ``os`` None is a free one."""

    offer: str
    os: str | None
    quantities: Quantities


@dataclass(frozen=True, slots=True)
class Found:
    """A solution that can be ordered, what it has in total and what it costs a month."""

    solution: Solution
    characteristics: Characteristics
    monthly_price: Decimal


def monthly_price(catalogue: Catalogue, wanted: Solution) -> Decimal | tuple[Refusal, ...]:
    """The price of a month of a solution (P1): offer, system and units; also of an offer that is retired (P8)."""
    refusals = (
        *policy.offer(catalogue, wanted.offer, held=wanted.offer),
        *(() if wanted.os is None else policy.operating_system(catalogue, wanted.os)),
        *(each for kind, units in wanted.quantities.items() for each in policy.quantity(catalogue, kind, units)),
    )
    offer = catalogue.offer(wanted.offer)
    if refusals or offer is None:
        return refusals
    additions = [(catalogue.additional_resource(kind), units) for kind, units in wanted.quantities.items()]
    too_large = tuple(each for sold, units in additions if sold for each in policy.server_total(sold, offer, units))
    return too_large or sum(
        (sold.unit_price * units for sold, units in additions if sold),
        offer.monthly_price + system_price(catalogue, wanted.os),
    )


def is_improvement(catalogue: Catalogue, held: Solution, wanted: Solution) -> bool | tuple[Refusal, ...]:
    """Whether going from one solution to another takes nothing away (C2): no characteristic, no addition.

    Staying as it is counts; additions that ``wanted`` does not name are kept (C5). Refused is an offer that the
    catalogue does not have.
    """
    refusals = tuple(each for one in (held, wanted) for each in policy.offer(catalogue, one.offer, held=one.offer))
    before, after = catalogue.offer(held.offer), catalogue.offer(wanted.offer)
    if refusals or before is None or after is None:
        return tuple(dict.fromkeys(refusals))
    shrinks = any(units < held.quantities.get(kind, 0) for kind, units in wanted.quantities.items())
    return not shrinks and not policy.smaller_characteristics(before, after)


def cheapest_offer(
    catalogue: Catalogue, needs: Mapping[ResourceType, int], os: str | None = None
) -> Found | tuple[Refusal, ...]:
    """The cheapest offer that is sold, with the additions it lacks, that has at least what is needed.

    ``needs`` are the server's totals by the type of what adds to them. Of several that cost the same it is the one
    with fewer additions, then the first of the catalogue. Refused are needs that no server meets (S2).
    """
    refusals = () if os is None else policy.operating_system(catalogue, os)
    if refusals:
        return refusals
    priced = []
    for position, offer in enumerate(catalogue.offers):
        quantities = None if offer.retired else _filled_up(catalogue, offer, needs)
        if quantities is not None:
            units = sum((_unit_price(catalogue, kind) * lacking for kind, lacking in quantities.items()), ZERO)
            priced.append((offer.monthly_price + units, len(quantities), position, quantities))
    if not priced:
        return (_unreachable(catalogue, needs),)
    price, _, position, quantities = min(priced, key=lambda each: each[:3])
    offer = catalogue.offers[position]
    return Found(
        Solution(offer.id, os, quantities),
        offer.characteristics.plus(quantities),
        price + system_price(catalogue, os),
    )


def _filled_up(catalogue: Catalogue, offer: Offer, needs: Quantities) -> dict[ResourceType, int] | None:
    """The fewest units of each type that an offer lacks; None where they cannot be bought."""
    quantities: dict[ResourceType, int] = {}
    for kind, needed in needs.items():
        lacking = needed - offer.characteristics.of(kind)
        if lacking > 0:
            sold = catalogue.additional_resource(kind)
            units = None if sold is None else _fewest(sold, offer, lacking)
            if units is None:
                return None
            quantities[kind] = units
    return quantities


def _fewest(sold: AdditionalResource, offer: Offer, lacking: int) -> int | None:
    """The smallest quantity that is sold and at least what is lacking; None where an offer has no room for it."""
    units = max(-(-lacking // sold.step) * sold.step, sold.minimum)
    fits = units <= sold.maximum and offer.characteristics.of(sold.type) + units <= sold.server_maximum
    return units if fits else None


def _unit_price(catalogue: Catalogue, kind: ResourceType) -> Decimal:
    sold = catalogue.additional_resource(kind)
    return sold.unit_price if sold else ZERO


def _unreachable(catalogue: Catalogue, needs: Quantities) -> Refusal:
    """The needs that no offer reaches each on its own, or else that they are not reached together."""
    if all(offer.retired for offer in catalogue.offers):
        return Refusal("P8", "", "No offer is sold", "Every offer of this catalogue is retired: none can be ordered.")
    most = {kind: _most(catalogue, kind) for kind in needs}
    beyond = [
        f"{policy.counted(needed, kind)}, where one server has at most {most[kind]}"
        for kind, needed in needs.items()
        if needed > most[kind]
    ]
    if beyond:
        return Refusal("S2", "", "More than one server may have", f"Needed are {'; '.join(beyond)}.")
    together = ", ".join(policy.counted(needed, kind) for kind, needed in needs.items())
    detail = f"No offer has {together} at once, not even with additional resources; each alone can be had."
    return Refusal("S2", "", "No server has all of it", detail)


def _most(catalogue: Catalogue, kind: ResourceType) -> int:
    """The most of one characteristic that a server which is sold can have."""
    sold = catalogue.additional_resource(kind)
    has = [offer.characteristics.of(kind) for offer in catalogue.offers if not offer.retired]
    reached = list(has)
    if sold is not None:
        for included in has:
            room = min(sold.maximum, sold.server_maximum - included) // sold.step * sold.step
            reached.append(included + (room if room >= sold.minimum else 0))
    return max(reached, default=0)
