"""The proof in full, on each kind of database: every step, then random times. ``make torture`` calls it.

It prints figures for each database, and ends with 1 when any rule was broken.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.postgres import PostgresServer, new_database, throw_away_server
from tests.torture.at_random import RandomKills, killed_while_a_home_is_made
from tests.torture.place import Place, TortureError, cases, copy_of, prepared, torture_step
from tests.torture.points import DECLINED, PARKED, REFUND, RENEWAL, Scenario

NEW_HOMES = 5


@dataclass
class Figures:
    """What happened, beyond what the homes had in them from the beginning."""

    kills: int = 0
    orders: int = 0
    renewals: int = 0
    charge_calls: int = 0
    charges: int = 0
    refunds: int = 0
    violations: list[str] = field(default_factory=list)

    def count(self, place: Place, before: Place | None = None) -> None:
        for counted, sign in ((place, 1), (before, -1)):
            if counted is not None:
                known = counted.facts()
                self.orders += sign * len(known.orders)
                self.renewals += sign * len(known.renewals)
                self.charge_calls += sign * known.calls.get("confirm", 0)
                self.charges += sign * len(known.charges)
                self.refunds += sign * len(known.refunds)
        self.kills += place.kills

    def row(self) -> tuple[object, ...]:
        return (
            self.kills,
            self.orders,
            self.renewals,
            self.charge_calls,
            self.charges,
            self.refunds,
            len(self.violations),
        )


@dataclass
class Torture:
    """One kind of database; ``server`` is None for SQLite."""

    folder: Path
    server: PostgresServer | None
    seed: int
    seconds: float
    clients: int
    figures: Figures = field(default_factory=Figures)

    def every_step(self, jobs: int, every: int) -> None:
        template = prepared(self.folder / "template", new_database(self.server.url) if self.server else None)
        wanted = [*cases("new", "addition", *RENEWAL, *REFUND, *PARKED, *DECLINED), *cases("improvement")[::3]][::every]
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda case: self._step(template, *case), wanted))

    def _step(self, template: Place, scenario: Scenario, point: str, recovery: str) -> None:
        place = copy_of(template, Path(tempfile.mkdtemp(dir=self.folder)), self.server.url if self.server else None)
        found = _tried(lambda: torture_step(place, point, scenario, recovery))
        self._broken(f"{scenario}, killed {point}, recovered by {recovery}", found)
        self.figures.count(place, template)

    def new_homes(self, rounds: int) -> None:
        for number in range(rounds):
            place = Place(self.folder / f"new-{number}", new_database(self.server.url) if self.server else None)
            work = partial(killed_while_a_home_is_made, place, self.seed + number)
            self._broken(f"while a home is made, seed {self.seed + number}", _tried(work))
            self.figures.count(place)

    def at_random(self) -> None:
        place = prepared(self.folder / "random", new_database(self.server.url) if self.server else None)
        accident = self.server.crash_and_restart if self.server else None
        kills = RandomKills(place, self.seed, self.seconds, self.clients, accident)
        self._broken(f"at random, seed {self.seed}", _tried(kills.run))
        self.figures.count(place)

    def _broken(self, where: str, found: list[str]) -> None:
        """Tell it at once: who sees it does not wait for the end."""
        for violation in found:
            self.figures.violations.append(f"{where}: {violation}")
            _say(self.figures.violations[-1])


def _tried(work: Callable[[], list[str]]) -> list[str]:
    try:
        return work()
    except TortureError as error:
        return [str(error)]


TITLES = ("", "kills", "orders", "renewals", "charge calls", "charges", "refunds", "violations")


def _print_table(results: dict[str, Figures]) -> None:
    rows = [TITLES, *((name, *map(str, figures.row())) for name, figures in results.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    for row in rows:
        _say(
            "  ".join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="of the random phase; drawn and printed without it")
    parser.add_argument("--seconds", type=float, default=60.0, help="of random kills on each database")
    parser.add_argument("--clients", type=int, default=3, help="that are alive at once in the random phase")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="steps that are tried at once")
    parser.add_argument("--every", type=int, default=1, help="try only every N-th step")
    parser.add_argument("--databases", default="sqlite,postgresql", help="with commas between")
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    # So that what it started is stopped also when it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    _say(f"Seed {seed}: make torture SEED={seed}")
    results: dict[str, Figures] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qualit-torture-")))
        for name in arguments.databases.split(","):
            server = stack.enter_context(throw_away_server()) if name == "postgresql" else None
            if name == "postgresql" and server is None:
                _say("PostgreSQL is not installed: see packaging/debian-packages.txt")
                return 1
            (folder / name).mkdir()
            torture = Torture(folder / name, server, seed, arguments.seconds, arguments.clients)
            results[name] = torture.figures
            began = time.monotonic()
            torture.every_step(arguments.jobs, arguments.every)
            _say(f"{name}: every step in {time.monotonic() - began:.0f} seconds")
            torture.new_homes(NEW_HOMES)
            torture.at_random()
            _say(
                f"{name}: with {arguments.seconds:g} seconds of random kills in {time.monotonic() - began:.0f} seconds"
            )
    _print_table(results)
    return 1 if any(figures.violations for figures in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
