"""Several clients and workers at once on one home, each killed at a random time, while the gateway storms."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as day_time

from tests.torture.check import in_sight, next_end
from tests.torture.client import REFUSED, UNAVAILABLE, Renewal, Wanted
from tests.torture.place import BEFORE, Place, Process

KILLED = -9
ANSWERS = (0, REFUSED, UNAVAILABLE, KILLED)
LIVES = (0.8, 6.0)
"""How many seconds a process lives at least, and at most: from its start-up to past its purchases."""
STORM_RATE = 0.2
LEAP_SECONDS = 1.0
LEAPS = (timedelta(days=-1), timedelta(0), timedelta(days=2), timedelta(days=13))
"""Now and then the home's clock leaps to so long after the next end of a contract, never past its grace: who starts
then lives later than who lives still."""
LATE = timedelta(days=3)
NAMES = ("red", "green", "blue", "white")
OFFERS = ("vps-1", "vps-2", "vps-4", "vps-8")


@dataclass
class RandomKills:
    """``clients`` and one worker are always alive for ``seconds``; ``accident`` happens once, in the middle.

    The same seed wants the same and kills after the same times; what it hits depends on the machine.
    """

    place: Place
    seed: int
    seconds: float
    clients: int = 3
    accident: Callable[[], None] | None = None
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        self._levels = dict.fromkeys(NAMES, 0)
        self._alive: list[tuple[Process, float, bool]] = []

    def run(self) -> list[str]:
        """Kill at random, let the storm pass, recover and check: the violations."""
        self.place.gateway.storm(
            STORM_RATE, self.seed, kinds=("unavailable", "lost_reply", "slow"), seconds=self._random.uniform(0.1, 0.5)
        )
        try:
            self._kill_for_a_while()
        finally:
            for process, _, _ in self._alive:
                self.place.kills += process.kill()
        self.place.gateway.calm()
        return self._recovered()

    def _kill_for_a_while(self) -> None:
        began = leapt = time.monotonic()
        accident = self.accident
        while time.monotonic() - began < self.seconds:
            if accident is not None and time.monotonic() - began > self.seconds / 2:
                accident()
                accident = None
            if time.monotonic() - leapt > LEAP_SECONDS:
                self._leap(self._random.choice(LEAPS))
                leapt = time.monotonic()
            self._bury()
            if sum(is_worker for _, _, is_worker in self._alive) < 1:
                self._start(self.place.cli("work"), is_worker=True)
            while sum(not is_worker for _, _, is_worker in self._alive) < self.clients:
                self._start(self.place.client(*self._next(), options=self._renewals()), is_worker=False)
            time.sleep(0.02)

    def _start(self, process: Process, *, is_worker: bool) -> None:
        self._alive.append((process, time.monotonic() + self._random.uniform(*LIVES), is_worker))

    def _next(self) -> list[Wanted]:
        """The same again, as after a failed apply, and here and there a little more."""
        for name in NAMES:
            if self._random.random() < 0.4:
                self._levels[name] += 1
        return [self._wanted(name) for name in self._random.sample(NAMES, len(NAMES))]

    def _renewals(self) -> list[str]:
        """Now and then a server is renewed by hand, some time before its end or after it, beside the workers."""
        if self.place.clock is None or self._random.random() < 0.6:
            return []
        until = self.place.clock.date() + timedelta(days=self._random.choice((3, 20, 40)))
        return [
            "--renew",
            str(Renewal(self._random.choice((BEFORE.name, *NAMES)), self._random.choice((1, 1, 3)), until)),
        ]

    def _wanted(self, name: str) -> Wanted:
        level = self._levels[name]
        additions = (("disk", 10 * min(level, 40)),) if level else ()
        return Wanted(name, OFFERS[min(level // 3, len(OFFERS) - 1)], additions)

    def _bury(self) -> None:
        """Kill those whose time has come; what ended by itself must have ended with an answer."""
        left = []
        for process, until, is_worker in self._alive:
            if process.is_over:
                if process.code() not in ANSWERS:
                    self.found.append(f"{process.described} ended with {process.code()}: {process.said}")
            elif time.monotonic() > until:
                self.place.kills += process.kill()
            else:
                left.append((process, until, is_worker))
        self._alive = left

    def _leap(self, after: timedelta) -> None:
        end = next_end(self.place.home, self.place.database_url)
        if end is not None and self.place.clock is not None:
            self.place.clock = max(self.place.clock, datetime.combine(end, day_time(), UTC) + after)

    def _recovered(self) -> list[str]:
        self._leap(LATE)
        self.place.recover_by_worker()
        found = [*self.found, *in_sight(self.place.facts(), self.place.listed())]
        return [*found, *self.place.checked(*map(self._wanted, NAMES))]


def killed_while_a_home_is_made(place: Place, seed: int) -> list[str]:
    """Three times the first client of a new home is killed: while its files, its tables or its first order are made."""
    times = random.Random(seed)  # noqa: S311 - repeatable, not secret
    wanted = Wanted("first", "vps-1")
    for _ in range(3):
        client = place.client(wanted)
        time.sleep(times.uniform(0.3, 3.0))
        place.kills += client.kill()
    return place.checked(wanted)
