"""What an account has spent in a month, and what it may spend (P9): read by the platform, judged by policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from provider.money import Money

_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Spending:
    """One calendar month of an account, in UTC.

    Attributes:
        month: its first day.
        currency: of every amount here; the limit's, where there is one.
        spent: what the orders placed in the month were charged, less what of that went back.
        held: what those of them that are not paid yet would charge.
        limit: the account's ``spending_limit``; None for no limit.
        renewals: what contracts that renew themselves in it take before something else has its turn.
        planned: what this process has planned and not ordered yet.
    """

    month: date
    currency: str
    spent: Decimal = _NOTHING
    held: Decimal = _NOTHING
    limit: Decimal | None = None
    planned: Decimal = _NOTHING
    renewals: Decimal = _NOTHING

    @property
    def gone(self) -> Decimal:
        """What of the limit is not there any more."""
        return self.spent + self.held + self.renewals

    @property
    def left(self) -> Money | None:
        """What can still be ordered in the month; nothing where a limit was lowered below what is gone. None for no
        limit."""
        if self.limit is None:
            return None
        return Money(max(self.limit - self.gone, _NOTHING), self.currency)

    @property
    def next_month(self) -> date:
        """The day on which the whole limit is there again."""
        return (self.month + timedelta(days=31)).replace(day=1)


def month_of(at: datetime) -> date:
    """The first day of the UTC month that an instant is in."""
    return at.astimezone(UTC).date().replace(day=1)
