"""What is sold: the catalogue, in parts and as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.backend.port import Backend
from provider.resources import attributes as shared
from provider.resources.data_sources.lookup import Lookup, listing, number, text
from provider.resources.model import Value, Values
from provider.resources.schema import Attribute, Scalar, Schema

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

_ID = text("What it is called in a configuration.")


def _offers(catalogue: Catalogue) -> list[Value]:
    return [
        {
            "id": offer.id,
            "characteristics": offer.characteristics.model_dump(),
            "monthly_price": f"{offer.monthly_price:.2f}",
            "retired": offer.retired,
        }
        for offer in catalogue.offers
    ]


def _operating_systems(catalogue: Catalogue) -> list[Value]:
    return [
        {
            "id": system.id,
            "name": system.name,
            "monthly_price": f"{system.monthly_price:.2f}",
            "hotplug": system.hotplug,
            "login": system.login,
        }
        for system in catalogue.operating_systems
    ]


def _additional_resources(catalogue: Catalogue) -> list[Value]:
    return [
        {
            "type": addition.type,
            "unit": addition.unit,
            "unit_price": f"{addition.unit_price:.2f}",
            "minimum": addition.minimum,
            "maximum": addition.maximum,
            "step": addition.step,
            "server_maximum": addition.server_maximum,
        }
        for addition in catalogue.additional_resources
    ]


def _all_offers(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {
        "catalogue_version": catalogue.version,
        "currency": catalogue.currency,
        "offers": _offers(catalogue),
    }


def _all_operating_systems(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {"currency": catalogue.currency, "operating_systems": _operating_systems(catalogue)}


def _all_additional_resources(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {"currency": catalogue.currency, "additional_resources": _additional_resources(catalogue)}


def _catalogue(_config: Values, backend: Backend) -> Values:
    """Everything that ``Catalogue`` has, under the same names: so it can be made from it again."""
    catalogue = backend.catalogue()
    return {
        "version": catalogue.version,
        "currency": catalogue.currency,
        "vat_percent": f"{catalogue.vat_percent:.2f}",
        "smallest_payment": f"{catalogue.smallest_payment:.2f}",
        "quote_validity_hours": catalogue.quote_validity_hours,
        "grace_days": catalogue.grace_days,
        "contact": catalogue.contact,
        "offers": _offers(catalogue),
        "operating_systems": _operating_systems(catalogue),
        "additional_resources": _additional_resources(catalogue),
    }


_OFFERS_LISTED = listing(
    "The offers, in the catalogue's order.",
    {
        "id": _ID,
        "characteristics": shared.CHARACTERISTICS,
        "monthly_price": shared.MONTHLY_PRICE,
        "retired": Attribute(
            Scalar.BOOL, "Whether it can be renewed and no longer be ordered.", computed=True, rule="P8"
        ),
    },
)
_SYSTEMS_LISTED = listing(
    "The operating systems, in the catalogue's order.",
    {
        "id": _ID,
        "name": text("Its name for people."),
        "monthly_price": text("What it adds to a month's price; `0.00` for all but SUSE Enterprise."),
        "hotplug": Attribute(
            Scalar.BOOL,
            "Whether it takes more vCPUs and memory while it runs; where not, it restarts for them.",
            computed=True,
            rule="C1",
        ),
        "login": text("The account that `ssh_keys` log in to."),
    },
)
_ADDITIONS_LISTED = listing(
    "The additional resources, in the catalogue's order.",
    {
        "type": text("The `type` of a `qualit_resource`."),
        "unit": text("What is counted."),
        "unit_price": text("The price of a unit and month."),
        "minimum": number("The smallest quantity."),
        "maximum": number("The largest quantity."),
        "step": number("The quantity is a multiple of it."),
        "server_maximum": number("How much a server can have in total, its offer included."),
    },
)

OFFERS = Lookup(
    "offers",
    Schema(
        "The offers of the catalogue.",
        {
            "catalogue_version": text("The version of the catalogue."),
            "currency": shared.CURRENCY,
            "offers": _OFFERS_LISTED,
        },
    ),
    _all_offers,
)

OPERATING_SYSTEMS = Lookup(
    "operating_systems",
    Schema(
        "The operating systems that a server can be installed with.",
        {"currency": shared.CURRENCY, "operating_systems": _SYSTEMS_LISTED},
    ),
    _all_operating_systems,
)

ADDITIONAL_RESOURCES = Lookup(
    "additional_resources",
    Schema(
        "The additional resources that can be bought on top of an offer, with their unit prices.",
        {"currency": shared.CURRENCY, "additional_resources": _ADDITIONS_LISTED},
    ),
    _all_additional_resources,
)

CATALOGUE = Lookup(
    "catalogue",
    Schema(
        "Everything that is sold, in one value: what the provider's functions take as their `catalogue`.",
        {
            "version": text("The version of the catalogue."),
            "currency": shared.CURRENCY,
            "vat_percent": text("The VAT that every price includes, in percent."),
            "smallest_payment": text("An amount above zero and below it is charged as this much."),
            "quote_validity_hours": number("For how long a planned price is held."),
            "grace_days": number("How long a server is kept unpaid before it ends."),
            "contact": text("The address of the team."),
            "offers": _OFFERS_LISTED,
            "operating_systems": _SYSTEMS_LISTED,
            "additional_resources": _ADDITIONS_LISTED,
        },
    ),
    _catalogue,
)
