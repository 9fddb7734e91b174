"""The platform's time: the real one, or a test clock's, and never before the last instant that was recorded (L7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from provider.commerce.policy import clock_behind
from provider.platform.refusals import raise_refusals

ClockMode = Literal["real", "test"]


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time comes from; ``test_instant`` stands still for as long as this process runs."""

    test_instant: datetime | None = None

    @property
    def mode(self) -> ClockMode:
        return "real" if self.test_instant is None else "test"

    def reading(self) -> datetime:
        """What the clock shows now."""
        return self.test_instant or datetime.now(UTC)

    def now(self, last: datetime) -> datetime:
        """The platform's time, where ``last`` is the last instant that was recorded."""
        return max(self.reading(), last)

    def check_for_order(self, last: datetime) -> datetime:
        """The platform's time for something that costs money.

        Raises:
            RefusedError: the clock shows a time that is too far behind.
        """
        reading = self.reading()
        raise_refusals(clock_behind(reading, last))
        return max(reading, last)
