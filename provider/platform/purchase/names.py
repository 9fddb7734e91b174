"""Whether a name can be bought: it is unique in the account, and what has it is never bought twice (N4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import ContractTerms, LineMovedError, RefusedError, UnavailableError
from provider.platform.context import Platform
from provider.platform.records import contracts, orders, servers


def check_name_is_free(
    connection: Connection, platform: Platform, terms: ContractTerms, contract_id: str, now: datetime
) -> None:
    """Refuse a new contract whose name is taken.

    Raises:
        RefusedError: something that lives has the name; the refusal says since when and how to adopt it (N4).
        LineMovedError: the name was bought and ended since the plan, so that its next ids are others (L6).
        UnavailableError: what had the name is over, but its machine could not be deleted yet.
    """
    taken = servers.living_named(connection, terms.name) if terms.kind == "vps" else None
    record = (
        contracts.get(connection, taken.contract_id)
        if taken
        else contracts.living_named(connection, terms.kind, terms.name)
    )
    if record is not None:
        if record.status_on(now.date()) == "ended":
            raise UnavailableError(
                "The name is not free yet",
                f"The contract of {terms.name} is over, but its machine could not be deleted yet. Try again.",
                attribute="name",
            )
        raise _taken(connection, terms, taken.id if taken else record.id, record.id)
    if platform.identity_in(connection, terms.kind, terms.name).contract_id != contract_id:
        raise LineMovedError(
            f"{terms.name} changed since the plan",
            f"{terms.name} was bought and ended after this was planned. Plan again. Nothing was ordered.",
            rule="N6",
            attribute="name",
        )


def _taken(connection: Connection, terms: ContractTerms, holder: str, contract_id: str) -> RefusedError:
    what = "server" if terms.kind == "vps" else "contract"
    resource = "qualit_vps" if terms.kind == "vps" else "qualit_order"
    first = next(iter(orders.of_contract(connection, contract_id)), None)
    bought = f" It was ordered with {first.id} on {first.placed_at:%Y-%m-%d %H:%M} UTC." if first else ""
    return RefusedError(
        f"The name {terms.name} is taken",
        f"The {what} {holder} has it.{bought} A name is bought once; nothing was ordered. To adopt it: terraform "
        f"import {resource}.YOUR_RESOURCE {terms.name}. After a forced replacement: `terraform untaint`, or a `moved` "
        "block for another address. To have a new one, give it another name.",
        rule="N4",
        attribute="name",
        order_id=first.id if first else None,
    )
