"""What one field of a catalogue says about another: the checks that a single field's type cannot make.

Called by ``catalogue.load_catalogue`` for every file, after each field on its own was found valid.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from provider.commerce.catalogue_errors import Location

if TYPE_CHECKING:
    from provider.commerce.catalogue import AdditionalResource, Catalogue

Finding = tuple[Location, str]


def contradictions(catalogue: Catalogue) -> Iterator[Finding]:
    """Everything in a catalogue that contradicts something else in it, with the field to be corrected."""
    yield from _repeated("offers", "id", [offer.id for offer in catalogue.offers])
    yield from _repeated("operating_systems", "id", [system.id for system in catalogue.operating_systems])
    yield from _repeated("additional_resources", "type", [resource.type for resource in catalogue.additional_resources])
    for position, resource in enumerate(catalogue.additional_resources):
        yield from _bounds(position, resource)
        yield from _too_large_offers(catalogue, resource)


def _repeated(section: str, field: str, values: Sequence[Hashable]) -> Iterator[Finding]:
    for position, value in enumerate(values):
        if value in values[:position]:
            first = values.index(value)
            yield (section, position, field), f'is "{value}", which {section}[{first}] already is; each is listed once'


def _bounds(position: int, resource: AdditionalResource) -> Iterator[Finding]:
    here: Location = ("additional_resources", position)
    if resource.minimum > resource.maximum:
        yield (*here, "minimum"), f"is {resource.minimum}, above the maximum of {resource.maximum}"
    if resource.maximum > resource.server_maximum:
        yield (
            (*here, "maximum"),
            f"is {resource.maximum}, above what one server may have, server_maximum = {resource.server_maximum}",
        )
    for field, value in (("minimum", resource.minimum), ("maximum", resource.maximum)):
        if value % resource.step:
            yield (*here, field), f"is {value}, which is not a multiple of the step of {resource.step}"


def _too_large_offers(catalogue: Catalogue, resource: AdditionalResource) -> Iterator[Finding]:
    for position, offer in enumerate(catalogue.offers):
        has = offer.characteristics.of(resource.type)
        if has > resource.server_maximum:
            yield (
                ("offers", position, "characteristics", resource.characteristic),
                f"is {has}, above what one server may have, server_maximum = {resource.server_maximum} "
                f"of {resource.type}",
            )
