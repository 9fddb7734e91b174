"""A name that is taken: how to come to manage what exists, in place of buying it again (N4, C9)."""

from __future__ import annotations

from typing import Literal

from provider.backend.port import Backend, ContractView
from provider.resources.model import Diagnostic


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
        "another server needs another name.",
        ("name",),
    )
