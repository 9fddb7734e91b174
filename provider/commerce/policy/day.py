"""Which day a price can be asked for: none that is over, and of a contract none after its paid time.

Called by the resources for ``qualit price`` and the data source ``price``; an order is always of today.
"""

from __future__ import annotations

from datetime import date

from provider.commerce.contract import Contract
from provider.commerce.lifecycle import ends_on
from provider.commerce.policy.wording import written
from provider.commerce.refusal import Refusal


def priced_day(
    day: date, today: date, contract: Contract | None, *, renewed: bool, grace_days: int
) -> tuple[Refusal, ...]:
    """What forbids to price a change for ``day``; ``renewed`` is a change that comes with a renewal.

    A contract that is over or suspended today is left to the rules of the change itself.
    """
    asked = written("on", day.isoformat())
    if day < today:
        detail = (
            f"{asked} is past: today is {today}, and nothing is ordered for a day that is over. Write today or a later "
            "day, or leave it out for today."
        )
        return (Refusal("L7", "on", "A day that is past", detail),)
    if contract is None or contract.dispute is not None or day < contract.paid_until:
        return ()
    if day >= ends_on(contract, grace_days):
        detail = (
            f"{asked} is too late: the contract is paid until {contract.paid_until} and, if it is not renewed, ends on "
            f"{ends_on(contract, grace_days)}; then the machine and its disk are deleted. Write an earlier day."
        )
        return (Refusal("L2", "on", "The contract has ended by then", detail),)
    if renewed or today >= contract.paid_until:
        return ()
    detail = (
        f"{asked} is after the paid time: the contract is paid until {contract.paid_until}, and what a change costs "
        f"then depends on its renewal. Write a day before {contract.paid_until}, or ask for the renewal with it: "
        "renew = true (qualit price --renew)."
    )
    return (Refusal("P3", "on", "Not a day of the paid time", detail),)
