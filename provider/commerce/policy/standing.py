"""When a contract can be changed, and when the platform's clock can be trusted: L2 and L7.

``paid`` is called by ``improvement``, ``clock_behind`` by the platform before it takes an order.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from provider.commerce.contract import Contract
from provider.commerce.policy.wording import moment
from provider.commerce.refusal import Refusal

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a clock may be behind the last recorded instant before orders are refused (L7)."""


def paid(contract: Contract, today: date, attribute: str = "") -> tuple[Refusal, ...]:
    """A contract that is paid on a day (C1); after its paid time it can only be renewed (L2)."""
    if today < contract.paid_until:
        return ()
    detail = (
        f"The contract was paid until {contract.paid_until} and is suspended: the machine is off, its disk is kept. "
        "Renew it first, with `qualit renew`; nothing else is possible until then."
    )
    return (Refusal("L2", attribute, "Suspended contract", detail),)


def clock_behind(now: datetime, last_recorded: datetime) -> tuple[Refusal, ...]:
    """A clock that is not behind what the platform has already seen (L7)."""
    if last_recorded - now <= CLOCK_TOLERANCE:
        return ()
    detail = (
        f"This machine's clock says {moment(now)}, but the platform recorded something at {moment(last_recorded)}. "
        "Prices and paid periods depend on the day, so nothing is ordered. Correct the clock, then try again."
    )
    return (Refusal("L7", "", "The clock is behind", detail),)
