"""The catalogues that were quoted from, by fingerprint, and what each offer was when it was first seen (P8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from provider.backend.port import RefusedError
from provider.commerce.catalogue import Catalogue, Characteristics
from provider.commerce.contract import CHARACTERISTIC, Contract
from provider.platform.database import tables


def check_offers(connection: Connection, catalogue: Catalogue) -> None:
    """Refuse a catalogue in which an offer has changed under its id.

    Raises:
        RefusedError: characteristics or currency are not what they were (P8).
    """
    known = {row.id: row for row in connection.execute(select(tables.offers))}
    for offer in catalogue.offers:
        before = known.get(offer.id)
        if before is None:
            continue
        if before.currency != catalogue.currency:
            raise _changed(offer.id, f"its currency was {before.currency} and is {catalogue.currency} now")
        now = offer.characteristics.model_dump()
        for name, value in before.characteristics.items():
            if now[name] != value:
                raise _changed(offer.id, f"its {name} was {value} and is {now[name]} now")


def store_catalogue(connection: Connection, catalogue: Catalogue, at: datetime) -> None:
    """Keep a catalogue, so that what was quoted from it can be computed again.

    Raises:
        RefusedError: an offer has changed under its id (P8).
    """
    check_offers(connection, catalogue)
    stored = select(tables.catalogues.c.fingerprint).where(tables.catalogues.c.fingerprint == catalogue.fingerprint)
    if connection.execute(stored).first() is not None:
        return
    connection.execute(
        insert(tables.catalogues).values(
            fingerprint=catalogue.fingerprint,
            version=catalogue.version,
            document=catalogue.to_json(),
            stored_at=at,
        )
    )
    known = set(connection.execute(select(tables.offers.c.id)).scalars())
    for offer in catalogue.offers:
        if offer.id not in known:
            connection.execute(
                insert(tables.offers).values(
                    id=offer.id,
                    currency=catalogue.currency,
                    characteristics=offer.characteristics.model_dump(),
                    catalogue_fingerprint=catalogue.fingerprint,
                )
            )


def stored_catalogue(connection: Connection, fingerprint: str) -> Catalogue:
    """The catalogue of a fingerprint that something was quoted from."""
    document = connection.execute(
        select(tables.catalogues.c.document).where(tables.catalogues.c.fingerprint == fingerprint)
    ).scalar_one()
    return Catalogue.from_json(document)


def offer_characteristics(connection: Connection, offer: str) -> Characteristics:
    """What an offer has, also when the present catalogue no longer lists it."""
    values = connection.execute(select(tables.offers.c.characteristics).where(tables.offers.c.id == offer)).scalar_one()
    return Characteristics(**values)


def total_characteristics(connection: Connection, contract: Contract) -> Characteristics:
    """What a server on this contract has, additions included."""
    base = offer_characteristics(connection, contract.solution.offer or "")
    return base.plus({kind: contract.quantity(kind) for kind in CHARACTERISTIC})


def _changed(offer: str, what: str) -> RefusedError:
    return RefusedError(
        "The catalogue changes an offer",
        f"The offer {offer} cannot change under its id: {what}. Sell the new one under an id of its own and mark "
        f"{offer} as `retired`.",
        rule="P8",
        attribute="catalogue",
    )
