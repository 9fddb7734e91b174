"""How a contract lives: active, suspended, ended at an instant (L2), when it renews, and what a plan reminds of (L1).

Called by the platform for a contract's status and renewal, and by the resources for the warnings of a plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from provider.commerce.contract import Contract, ContractStatus

REMINDER_DAYS = 14
"""From so many days before the end a plan reminds of a contract that will not renew itself (L1)."""

RENEWED_AHEAD = timedelta(hours=24)
"""How long before the end of its paid time a contract is renewed by itself (L1)."""


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """Whether a contract renews itself, and why that failed or cannot succeed, in a sentence; None when it is well.

    ``limited`` says why the account's spending limit keeps it from being renewed by hand as well (P9), and ``waiting``
    tells of a renewal that is ordered and waits for its customer, by whomever it was ordered.
    """

    auto_renew: bool
    problem: str | None = None
    waiting: str | None = None
    limited: str | None = None


def status_at(contract: Contract, now: datetime, grace_days: int) -> ContractStatus:
    """The status of a contract at an instant; ``grace_days`` is the contract's."""
    if contract.dispute is not None:
        ends = contract.dispute.ends_on
        return "ended" if ends is not None and now >= _midnight(ends) else "suspended"
    if now < _midnight(contract.paid_until):
        return "active"
    return "suspended" if now < _midnight(ends_on(contract, grace_days)) else "ended"


def ends_on(contract: Contract, grace_days: int) -> date:
    """The day at whose UTC midnight an unpaid contract ends: its machine and disk are deleted (L2).

    Where a dispute kept it from being renewed, it has its grace from the bank's decision on (L8).
    """
    return max(contract.paid_until, contract.undisputed_since or contract.paid_until) + timedelta(days=grace_days)


def renews_at(paid_until: date) -> datetime:
    """The instant from which a contract is renewed by itself (L1)."""
    return _midnight(paid_until) - RENEWED_AHEAD


def reminder(name: str, contract: Contract, now: datetime, terms: RenewalTerms, *, grace_days: int) -> str | None:
    """What a plan warns of about the end of a contract: that it is near, or that it is over. None when neither."""
    match status_at(contract, now, grace_days):
        case "ended":
            return f"{name} ended on {ends_on(contract, grace_days)}: its machine and its disk were deleted."
        case "suspended":
            return _suspended(name, contract, terms, grace_days)
        case "active":
            return _near(name, contract, now, terms, grace_days)


def _suspended(name: str, contract: Contract, terms: RenewalTerms, grace_days: int) -> str:
    why = ""
    if terms.waiting:
        why = f" {terms.waiting}"
    elif terms.auto_renew:
        problem = terms.problem or terms.limited
        why = f" {problem}" if problem else " No worker has renewed it: run `qualit work`."
    remedy = "" if terms.waiting else f" Renew it before that: qualit renew {name}"
    return (
        f"{name} was paid until {contract.paid_until} and not renewed.{why} The machine is off and its disk is kept "
        f"until {ends_on(contract, grace_days)}; then both are deleted.{remedy}"
    )


def _near(name: str, contract: Contract, now: datetime, terms: RenewalTerms, grace_days: int) -> str | None:
    until = contract.paid_until
    days = (until - now.astimezone(UTC).date()).days
    if days > REMINDER_DAYS:
        return None
    paid = f"{name} is paid until {until}, {days} {'day' if days == 1 else 'days'} from now"
    otherwise = (
        f"otherwise the machine is switched off then, and deleted with its disk on {ends_on(contract, grace_days)}."
    )
    if terms.waiting is not None:
        return f"{paid}. {terms.waiting} O{otherwise[1:]}"
    if not terms.auto_renew:
        return (
            f"{paid}, and does not renew itself. Write auto_renew = true, or renew it before that day: qualit renew "
            f"{name}; {otherwise}"
        )
    if terms.problem is not None:
        return (
            f"{paid}, and will not renew itself. {terms.problem} Or renew it by hand before that day: qualit renew "
            f"{name}; {otherwise}"
        )
    if terms.limited is not None:
        return f"{paid}, and cannot be renewed then. {terms.limited} O{otherwise[1:]}"
    if now < renews_at(until):
        return None
    return f"{paid}. Its renewal is due, and a worker makes it: run `qualit work`; {otherwise}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
