"""When a contract can be changed, and when the platform's clock can be trusted: L2, L7, and N2 with L8.

``paid`` and ``undisputed`` are called by ``improvement`` and by the platform, ``clock_behind`` by the platform before
it takes an order.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from provider.commerce.contract import Contract, Dispute
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
        "Renew it first: qualit renew SERVER. Nothing else is possible until then."
    )
    return (Refusal("L2", attribute, "Suspended contract", detail),)


def undisputed(contract: Contract, contact: str, attribute: str = "") -> tuple[Refusal, ...]:
    """A contract whose payments no bank disputes or has taken back (N2, L8)."""
    dispute = contract.dispute
    if dispute is None:
        return ()
    detail = (
        f"{_disputed(contract, dispute)} The contract is suspended: the machine is off, its disk is kept, and nothing "
        f"can be ordered or changed. {_way_out(dispute, contact)}"
    )
    return (Refusal("N2", attribute, "Disputed payment", detail),)


def what_a_dispute_means(name: str, contract: Contract, contact: str) -> tuple[str, str] | None:
    """Summary and detail of a warning that says why a contract is suspended by a dispute; None when it is not (L8)."""
    dispute = contract.dispute
    if dispute is None:
        return None
    detail = (
        f"{_disputed(contract, dispute)} {name} is suspended: the machine is off, its disk is kept, and nothing can be "
        f"ordered for it. {_way_out(dispute, contact)}"
    )
    return f"A payment for {name} is disputed (rule N2)", detail


def _disputed(contract: Contract, dispute: Dispute) -> str:
    payment = f"the payment {dispute.payment_id} of the order {dispute.order_id}"
    amount = f"{dispute.amount:.2f} {contract.currency}"
    if dispute.lost_on is None:
        return f"Since {dispute.opened_on} the customer's bank disputes {payment}: it asks for {amount} back."
    return f"On {dispute.lost_on} the customer's bank took {amount} back: the dispute of {payment} was lost."


def _way_out(dispute: Dispute, contact: str) -> str:
    if dispute.lost_on is None:
        return (
            "If the payment was right, ask the bank to withdraw the dispute: then the server comes back as it was. "
            f"Questions: {contact}."
        )
    return (
        f"The machine and its disk are deleted on {dispute.ends_on}. If that is not what you want, write to {contact} "
        "before that day."
    )


def clock_behind(now: datetime, last_recorded: datetime) -> tuple[Refusal, ...]:
    """A clock that is not behind what the platform has already seen (L7)."""
    if last_recorded - now <= CLOCK_TOLERANCE:
        return ()
    detail = (
        f"This machine's clock says {moment(now)}, but the platform recorded something at {moment(last_recorded)}. "
        "Prices and paid periods depend on the day, so nothing is ordered. Correct the clock, then try again."
    )
    return (Refusal("L7", "", "The clock is behind", detail),)
