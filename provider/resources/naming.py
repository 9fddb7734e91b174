"""What exists and is not in the state, and what is in the state and not known: nothing is bought twice (N4, C9)."""

from __future__ import annotations

from typing import Literal

from provider.backend.port import Backend, ContractView
from provider.resources.model import Diagnostic, Diagnostics, Values


def name_taken(
    kind: Literal["server", "order"], id_: str, name: str, contract: ContractView, backend: Backend
) -> Diagnostic:
    """The refusal to create what exists: which order, when, and each way to adopt it."""
    orders = backend.orders(contract_id=contract.contract.id)
    bought = next((order for order in orders if order.kind == "new"), None)
    history = f", ordered on {bought.placed_at:%Y-%m-%d %H:%M} UTC ({bought.id})" if bought else ""
    resource = "qualit_vps" if kind == "server" else "qualit_order"
    return Diagnostic(
        "error",
        f'The {kind} "{name}" exists (rule N4)',
        f"{id_}{history} has this name, and nothing is bought twice. "
        f"If it is missing from the state, adopt it: terraform import {resource}.NAME {name} "
        f"(Pulumi: pulumi import, or the option import). If the resource was renamed or moved, write a moved block "
        "(Pulumi: aliases). If it was tainted, terraform untaint it. A replacement is never bought (rule C9); "
        f"another {kind} needs another name.",
        ("name",),
    )


def unknown_here(kind: Literal["server", "order"], state: Values, backend: Backend) -> Diagnostics:
    """The refusal to take what was never ordered from this platform for ended: then it would be bought again."""
    if any(backend.knows(id_) for id_ in (state["id"], state.get("order_id")) if id_):
        return ()
    resource = "qualit_vps" if kind == "server" else "qualit_order"
    return (
        Diagnostic(
            "error",
            f'The {kind} "{state["name"]}" is not known here (rule N4)',
            f"{state['id']} was never ordered from the home or the database that is configured now, so it cannot be "
            "told what was paid for and what runs. Set QUALIT_HOME (`home` in the provider block) and "
            "QUALIT_DATABASE_URL (`database_url`) to what they were at the last apply. If that home is gone for good, "
            f"take the {kind} out of the state: terraform state rm {resource}.NAME (Pulumi: pulumi state delete).",
        ),
    )
