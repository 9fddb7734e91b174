"""A contract and its lines: what one server runs on, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ResourceType = Literal["vcpu", "memory", "disk", "ipv4", "bandwidth"]
RESOURCE_TYPES: tuple[ResourceType, ...] = ("vcpu", "memory", "disk", "ipv4", "bandwidth")

CHARACTERISTIC: dict[ResourceType, str] = {
    "vcpu": "vcpus",
    "memory": "memory_gib",
    "disk": "disk_gib",
    "ipv4": "ipv4_addresses",
    "bandwidth": "bandwidth_mbits",
}
"""The characteristic of a server that each additional resource adds to."""

LineKey = Literal["solution", "vcpu", "memory", "disk", "ipv4", "bandwidth"]
"""A contract has one line for its solution (offer and operating system) and one for each resource type."""

Ordered = Literal[LineKey, "renewal"]
"""What an order is of: one line of its contract, or the renewal of them all."""

ContractStatus = Literal["active", "suspended", "ended"]


@dataclass(frozen=True, slots=True)
class Period:
    """A paid period, in whole UTC calendar days: from ``start`` to before ``end`` (P4)."""

    index: int
    start: date
    end: date
    months: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Improvement:
    """One paid improvement of a line, kept so that a refusal can say what happened when (C3)."""

    at: datetime
    before: str
    after: str
    order_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a contract.

    ``quantity`` is the server's total of that type for a resource line, in the catalogue's units, and 0 for
    the solution. ``monthly_price`` is what the line costs each month now. ``bases`` holds, for each period
    of the contract in the same order, the highest monthly amount paid for the line in that period (P3).
    """

    key: LineKey
    revision: int
    monthly_price: Decimal
    bases: tuple[Decimal, ...]
    offer: str | None = None
    os: str | None = None
    quantity: int = 0
    improvements: tuple[Improvement, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """A customer's bank asks for what an order was paid with; or it took it back, on ``lost_on`` (L8).

    Then the machine and its disk are deleted on ``ends_on``.
    """

    order_id: str
    payment_id: str
    amount: Decimal
    opened_on: date
    lost_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it stands at one moment.

    ``periods`` are the paid periods that are not over, oldest first: the current one and, when the next one
    is prepaid, that one too; of a contract that is over, the last one. ``anchor_day`` is the day of the
    month that periods count from (P4). ``term_months`` is what the next renewal will use (C6). ``credit`` is
    taken off the next renewal (P6). ``dispute`` is the one that suspends it; ``undisputed_since`` the day on which
    the bank decided the last one for the seller (L8).
    """

    id: str
    currency: str
    anchor_day: int
    term_months: int
    periods: tuple[Period, ...]
    lines: dict[LineKey, Line] = field(default_factory=dict)
    credit: Decimal = Decimal("0.00")
    dispute: Dispute | None = None
    undisputed_since: date | None = None

    @property
    def paid_until(self) -> date:
        """The first day that is not paid."""
        return self.periods[-1].end

    @property
    def solution(self) -> Line:
        return self.lines["solution"]

    def quantity(self, resource_type: LineKey) -> int:
        """The server's total of one additional resource, 0 when it has none."""
        line = self.lines.get(resource_type)
        return line.quantity if line else 0

    @property
    def in_order(self) -> tuple[Line, ...]:
        """The lines: the solution, then the additions as ``RESOURCE_TYPES`` has them."""
        return tuple(self.lines[key] for key in ("solution", *RESOURCE_TYPES) if key in self.lines)

    def revision(self, key: Ordered) -> int:
        """The revision of a line; 0 for one that the contract does not have yet.

        Of a renewal it is the sum of all of them: whatever moves a line changes what a renewal would cost.
        """
        if key == "renewal":
            return sum(line.revision for line in self.lines.values())
        line = self.lines.get(key)
        return line.revision if line else 0
