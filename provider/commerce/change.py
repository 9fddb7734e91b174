"""What a customer can ask of a contract that may cost money: three kinds of change, as values."""

from __future__ import annotations

from dataclasses import dataclass

from provider.commerce.contract import Contract, LineKey, ResourceType


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


Change = NewContract | SwitchSolution | SetQuantity


def describe(change: Change, contract: Contract | None) -> str:
    """A change in words, as a charge, an order and a receipt call it; ``contract`` as it is before the change."""
    match change:
        case NewContract(offer, os, months):
            return f"new contract: {offer} with {os} for {months} month{'s' if months > 1 else ''}"
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
