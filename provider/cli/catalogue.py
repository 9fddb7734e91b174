"""``qualit catalogue``: what is sold and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from provider.cli.output import Column, JsonOption, money, print_json, print_table, print_text
from provider.cli.session import open_catalogue

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def catalogue(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Show what is sold, and for how much.

    The offers, the operating systems and the additional resources, with a month's prices.
    """
    sold = open_catalogue()
    if as_json:
        print_json({**sold.model_dump(), "fingerprint": sold.fingerprint})
        return
    print_text(f"Catalogue {sold.version}. Prices a month in {sold.currency}, {sold.vat_percent} % VAT included.\n")
    _print_offers(sold)
    print_text("")
    _print_systems(sold)
    print_text("")
    print_unit_prices(sold)


def print_unit_prices(sold: Catalogue) -> None:
    """The unit price of each additional resource, as it is displayed wherever one can be bought (S2)."""
    print_table(
        [
            Column("Additional resource"),
            Column("Unit price", "right"),
            Column("Unit"),
            Column("Step", "right"),
            Column("Minimum", "right"),
            Column("Maximum", "right"),
            Column("Most on a server", "right"),
        ],
        [
            [
                entry.type,
                money(entry.unit_price),
                entry.unit,
                str(entry.step),
                str(entry.minimum),
                str(entry.maximum),
                str(entry.server_maximum),
            ]
            for entry in sold.additional_resources
        ],
    )


def _print_offers(sold: Catalogue) -> None:
    rows = []
    for offer in sold.offers:
        has = offer.characteristics
        rows.append(
            [
                f"{offer.id} (retired)" if offer.retired else offer.id,
                str(has.vcpus),
                f"{has.memory_gib} GiB",
                f"{has.disk_gib} GiB",
                str(has.ipv4_addresses),
                f"{has.bandwidth_mbits} Mbit/s",
                money(offer.monthly_price),
            ]
        )
    titles = ("vCPUs", "Memory", "Disk", "IPv4", "Bandwidth", "Monthly")
    print_table([Column("Offer"), *(Column(title, "right") for title in titles)], rows)


def _print_systems(sold: Catalogue) -> None:
    print_table(
        [Column("Operating system"), Column("Name"), Column("Monthly", "right")],
        [
            [system.id, system.name, money(system.monthly_price) if system.monthly_price else "included"]
            for system in sold.operating_systems
        ],
    )
