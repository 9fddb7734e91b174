"""What a customer can ask of a contract that may cost money: four kinds of change, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provider.commerce.contract import RESOURCE_TYPES, Contract, LineKey, Ordered, ResourceType


@dataclass(frozen=True, slots=True)
class NewContract:
    """Buy a contract: an offer with an operating system for a number of months (P2)."""

    offer: str
    os: str
    months: int
    line: LineKey = "solution"


@dataclass(frozen=True, slots=True)
class SwitchSolution:
    """Switch to another offer, another operating system, or both (C1, C7)."""

    offer: str
    os: str
    line: LineKey = "solution"


@dataclass(frozen=True, slots=True)
class SetQuantity:
    """Make the server's total of one additional resource ``quantity`` units (C5)."""

    type: ResourceType
    quantity: int

    @property
    def line(self) -> LineKey:
        return self.type


@dataclass(frozen=True, slots=True)
class Renew:
    """Renew a whole contract, every line of it, for a number of months (P2)."""

    months: int
    line: Ordered = "renewal"


Change = NewContract | SwitchSolution | SetQuantity | Renew


def describe(change: Change, contract: Contract | None) -> str:
    """A change in words, as a charge, an order and a receipt call it; ``contract`` as it is before the change."""
    match change:
        case NewContract(offer, os, months):
            return f"new contract: {offer} with {os} for {_months(months)}"
        case Renew(months):
            return f"renewal: {_held(contract)} for {_months(months)}"
        case SwitchSolution(offer, os):
            held = contract.solution if contract else None
            steps = []
            if held is None or held.offer != offer:
                steps.append(f"{held.offer} to {offer}" if held else offer)
            if held is not None and held.os != os:
                steps.append(f"{held.os} to {os}")
            return f"improvement: {', '.join(steps)}"
        case SetQuantity(resource_type, quantity):
            before = contract.quantity(resource_type) if contract else 0
            return f"additional {resource_type}: {before} to {quantity}"


def change_to_json(change: Change) -> dict[str, Any]:
    """A change as JSON-able values; equal changes give equal values."""
    match change:
        case NewContract():
            return {"kind": "new", "offer": change.offer, "os": change.os, "months": change.months}
        case SwitchSolution():
            return {"kind": "switch", "offer": change.offer, "os": change.os}
        case SetQuantity():
            return {"kind": "quantity", "type": change.type, "quantity": change.quantity}
        case Renew():
            return {"kind": "renew", "months": change.months}


def change_from_json(values: Mapping[str, Any]) -> Change:
    """The change that ``change_to_json`` wrote.

    Raises:
        ValueError: a kind of change that this version does not know.
    """
    match values["kind"]:
        case "new":
            return NewContract(values["offer"], values["os"], values["months"])
        case "switch":
            return SwitchSolution(values["offer"], values["os"])
        case "quantity":
            return SetQuantity(values["type"], values["quantity"])
        case "renew":
            return Renew(values["months"])
        case unknown:
            raise ValueError(f"unknown kind of change: {unknown!r}")


def _held(contract: Contract | None) -> str:
    """What a contract has, such as ``vps-2, 50 GiB of disk``."""
    from provider.commerce.policy.wording import counted  # The policy is about changes, so it is not there before them.

    if contract is None:
        return "contract"
    additions = [counted(contract.quantity(kind), kind) for kind in RESOURCE_TYPES if contract.quantity(kind)]
    return ", ".join([contract.solution.offer or "", *additions])


def _months(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''}"
