"""What a customer can ask of a contract that may cost money: three kinds of change, as values."""

from __future__ import annotations

from dataclasses import dataclass

from provider.commerce.contract import LineKey, ResourceType


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
