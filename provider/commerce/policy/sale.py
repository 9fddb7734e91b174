"""What is sold: S1-S4, the limits of an addition and retired offers (P8).

Called by ``improvement`` for every change, and by the resources for what they know of a value before the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.commerce.policy.wording import UNITS, choice, written
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import AdditionalResource, Catalogue, Offer

TERMS = (1, 3, 6, 12)
"""The durations that can be ordered, in months (S4)."""


def new_contract(
    catalogue: Catalogue, offer_id: str | None, os_id: str | None, months: int | None
) -> tuple[Refusal, ...]:
    """Everything that forbids a new contract; what is None is not known yet and not checked."""
    return (
        *(() if offer_id is None else offer(catalogue, offer_id)),
        *(() if os_id is None else operating_system(catalogue, os_id)),
        *(() if months is None else term(months)),
    )


def offer(catalogue: Catalogue, wanted: str, held: str | None = None) -> tuple[Refusal, ...]:
    """An offer that can be ordered (S1, P8). The one that is ``held`` may be retired."""
    orderable = [each.id for each in catalogue.offers if not each.retired]
    found = catalogue.offer(wanted)
    if found is None:
        detail = f"{written('offer', wanted)} is not in the catalogue. {choice('offers', wanted, orderable)}"
        return (Refusal("S1", "offer", "Unknown offer", detail),)
    if found.retired and wanted != held:
        detail = (
            f"{written('offer', wanted)} is no longer sold: a contract that has it can be renewed, but it cannot "
            f"be ordered. {choice('offers', wanted, orderable)}"
        )
        return (Refusal("P8", "offer", "Retired offer", detail),)
    return ()


def operating_system(catalogue: Catalogue, wanted: str) -> tuple[Refusal, ...]:
    """An operating system that the catalogue has (S3)."""
    if catalogue.operating_system(wanted) is not None:
        return ()
    known = choice("operating systems", wanted, (system.id for system in catalogue.operating_systems))
    detail = f"{written('os', wanted)} is not in the catalogue. {known}"
    return (Refusal("S3", "os", "Unknown operating system", detail),)


def term(months: int) -> tuple[Refusal, ...]:
    """A duration that is sold (S4)."""
    if months in TERMS:
        return ()
    detail = f"{written('term_months', months)} is not a duration that is sold. Write 1, 3, 6 or 12 months."
    return (Refusal("S4", "term_months", "Unknown duration", detail),)


def quantity(catalogue: Catalogue, resource_type: str, wanted: int) -> tuple[Refusal, ...]:
    """A type that the catalogue has, and a quantity within its minimum, maximum and step (S2), whatever the server."""
    resource = catalogue.additional_resource(resource_type)
    if resource is None:
        known = choice("types", resource_type, (each.type for each in catalogue.additional_resources))
        detail = f"{written('type', resource_type)} is not an additional resource of the catalogue. {known}"
        return (Refusal("S2", "type", "Unknown type of additional resource", detail),)
    problem = _quantity_problem(resource, wanted)
    if problem is None:
        return ()
    summary, remedy = problem
    step = f" in steps of {resource.step}" if resource.step > 1 else ""
    detail = (
        f"{written('quantity', wanted)} cannot be bought: {resource.type} is sold from {resource.minimum} to "
        f"{resource.maximum}{step} (in units of 1 {resource.unit}). {remedy}"
    )
    return (Refusal("S2", "quantity", summary, detail),)


def _quantity_problem(resource: AdditionalResource, wanted: int) -> tuple[str, str] | None:
    """What is wrong with a quantity, and what to write."""
    if wanted < resource.minimum:
        return "Quantity below the minimum", f"Write quantity = {resource.minimum} or more, or remove the declaration."
    if wanted > resource.maximum:
        return "Quantity above the maximum", f"Write quantity = {resource.maximum} or less."
    if wanted % resource.step:
        # Minimum and maximum are multiples of the step, so both neighbours can be bought.
        below = wanted - wanted % resource.step
        return "Quantity off the step", f"Write quantity = {below} or {below + resource.step}."
    return None


def server_total(
    resource: AdditionalResource, sold: Offer, addition: int, attribute: str = "quantity"
) -> tuple[Refusal, ...]:
    """An offer and its addition together within what one server may have (S2).

    ``attribute`` is the one that asks: ``quantity``, or ``offer`` when the offer changes under the addition.
    """
    included, most = sold.characteristics.of(resource.type), resource.server_maximum
    if included + addition <= most:
        return ()
    unit = UNITS[resource.characteristic]
    room = (most - included) // resource.step * resource.step
    if attribute != "quantity":
        remedy = f"Write an offer that has {most - addition} {unit} or less."
    elif room >= resource.minimum:
        remedy = f"Write quantity = {room} or less."
    else:
        remedy = "This offer leaves no room for an addition; remove the declaration."
    detail = (
        f"{included} with {written('offer', sold.id)} and {addition} in addition are {included + addition} {unit}; "
        f"one server has at most {most}. {remedy}"
    )
    return (Refusal("S2", attribute, "More than one server may have", detail),)
