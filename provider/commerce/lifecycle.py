"""How a contract lives: active, suspended, ended at an instant (L2), and what a plan reminds of (L1).

Called by the platform for the status of a contract, and by the resources for the warnings of a plan.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from provider.commerce.contract import Contract, ContractStatus

REMINDER_DAYS = 14
"""From so many days before the end a plan reminds of a contract that will not renew itself (L1)."""


def status_at(contract: Contract, now: datetime, grace_days: int) -> ContractStatus:
    """The status of a contract at an instant; ``grace_days`` is the catalogue's."""
    if now < _midnight(contract.paid_until):
        return "active"
    return "suspended" if now < _midnight(ends_on(contract, grace_days)) else "ended"


def ends_on(contract: Contract, grace_days: int) -> date:
    """The day at whose UTC midnight an unpaid contract ends: its machine and disk are deleted (L2)."""
    return contract.paid_until + timedelta(days=grace_days)


def reminder(name: str, contract: Contract, now: datetime, *, auto_renew: bool, grace_days: int) -> str | None:
    """What a plan warns of about the end of a contract: that it is near, or that it is over. None when neither."""
    until, ends = contract.paid_until, ends_on(contract, grace_days)
    match status_at(contract, now, grace_days):
        case "ended":
            return f"{name} ended on {ends}: its machine and its disk were deleted."
        case "suspended":
            return (
                f"{name} is suspended: it was paid until {until}. The machine is off and its disk is kept until "
                f"{ends}; then both are deleted. Renew it before that."
            )
        case "active":
            days = (until - now.astimezone(UTC).date()).days
            if auto_renew or days > REMINDER_DAYS:
                return None
            return (
                f"{name} is paid until {until}, {days} {'day' if days == 1 else 'days'} from now, and does not renew "
                "itself. Write auto_renew = true, or renew it before that day; otherwise the machine is switched off "
                f"then, and deleted with its disk on {ends}."
            )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
