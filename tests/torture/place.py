"""One home under torture: processes are started on it, killed, and what is left is recovered and checked."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import make_url

from provider.configuration import ENVIRONMENT
from provider.platform.payments.sandbox import SandboxGateway
from tests.postgres import new_database
from tests.torture.check import Facts, facts, in_sight, violations
from tests.torture.client import LIBVIRT, REFUSED, UNAVAILABLE, Renewal, Wanted
from tests.torture.points import BY_ITSELF, POINTS, RENEWAL, Scenario

ROOT = Path(__file__).parents[2]
SECONDS = 120.0
"""How long one process may take; one that takes longer hangs."""
APPLIES = 5
"""How often an apply is repeated that was told to try again."""
Machines = Mapping[str, Mapping[str, int]]


class TortureError(AssertionError):
    """A process that did something else than to answer, or to die where it was to."""


class Process:
    """A process of a home. What it prints goes to files, so that it never waits for a reader."""

    def __init__(self, place: Place, module: str, arguments: Sequence[str]) -> None:
        self.described = " ".join([module, *arguments])
        self._output = place.output()
        with self._output.open("wb") as out, self._errors.open("wb") as errors:
            self.popen = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments],
                env=place.environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )

    @property
    def _errors(self) -> Path:
        return self._output.with_suffix(".err")

    @property
    def is_over(self) -> bool:
        return self.popen.poll() is not None

    def kill(self) -> bool:
        """SIGKILL; whether it still lived."""
        lived = not self.is_over
        self.popen.kill()
        self.popen.wait()
        return lived

    def code(self) -> int:
        """What it exited with; one that hangs is killed, which is an error of its own."""
        try:
            return self.popen.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TortureError(f"{self.described} hangs after {SECONDS:g} seconds: {self.said}") from None

    @property
    def printed(self) -> str:
        return self._output.read_text()

    @property
    def said(self) -> str:
        return self._errors.read_text()[-3000:]

    def ended(self, *codes: int) -> str:
        """What it printed, when it ended with one of these codes."""
        code = self.code()
        if code not in codes:
            raise TortureError(f"{self.described} ended with {code}: {self.said}")
        return self.printed


@dataclass
class Place:
    """A home and its database; ``kills`` counts those that hit.

    ``clock`` is what its test clock shows each process that starts from now on; without one it is on real time.
    """

    folder: Path
    database_url: str | None = None
    clock: datetime | None = None
    kills: int = 0
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def gateway(self) -> SandboxGateway:
        return SandboxGateway(self.home)

    def output(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{next(self._numbers)}.out"

    def environment(self) -> dict[str, str]:
        settings = {"home": str(self.home), "libvirt_uri": LIBVIRT, "database_url": self.database_url}
        settings["test_clock"] = self.clock.isoformat() if self.clock else None
        environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
        environment |= {ENVIRONMENT[name]: value for name, value in settings.items() if value}
        return environment | {"PYTHONPATH": str(ROOT)}

    # -- processes -----------------------------------------------------------------------------------------
    def client(self, *wanted: Wanted, options: Sequence[str] = ()) -> Process:
        where = ["--home", str(self.home)]
        where += ["--database-url", self.database_url] if self.database_url else []
        where += ["--test-clock", self.clock.isoformat()] if self.clock else []
        servers = [argument for each in wanted for argument in ("--server", str(each))]
        return Process(self, "tests.torture.client", [*where, *servers, *options])

    def cli(self, *arguments: str) -> Process:
        return Process(self, "provider.cli.main", arguments)

    def apply(self, *wanted: Wanted, options: Sequence[str] = ()) -> Machines:
        """Apply until everything is there, as each refusal advises; the machines, as libvirt says."""
        for _ in range(APPLIES):
            client = self.client(*wanted, options=options)
            printed = client.ended(0, REFUSED, UNAVAILABLE)
            if client.code() == 0:
                machines: Machines = json.loads(printed)
                return machines
        raise TortureError(f"{client.described} did not come to an end: {client.said}")

    # -- killing and recovering ----------------------------------------------------------------------------
    def kill_at(self, point: str, scenario: Scenario) -> None:
        """Buy as the scenario does, killed at a point of it; a point that is not reached is an error."""
        self.clock = CLOCKS.get(scenario, self.clock)
        options = ["--kill-at", point]
        if scenario in BY_ITSELF:
            options += ["--work"]
        elif scenario in RENEWAL:
            options += RENEWED
        if scenario in ("refund", "refund of an addition"):
            options += ["--impossible", WANTED[scenario].name]
        if scenario == "parked":
            self.gateway.arrange("confirm", "unavailable", times=10)
        if scenario == "declined":
            options += DECLINED_METHOD
        killed = self.client(WANTED[scenario], options=options)
        if killed.code() != -signal.SIGKILL:
            raise TortureError(f"{point} was not reached: {killed.described} ended with {killed.code()}: {killed.said}")
        self.kills += 1
        self.gateway.calm()

    def recover_by_worker(self) -> None:
        self.cli("work", "--until-idle").ended(0)

    def listed(self) -> list[str]:
        """The servers that the customer sees."""
        return [server["name"] for server in json.loads(self.cli("servers", "--json").ended(0))]

    def checked(self, *wanted: Wanted, options: Sequence[str] = ()) -> list[str]:
        """Buy what is wanted, which must buy nothing that is there, and check every rule from outside."""
        machines = self.apply(*wanted, options=options)
        known = self.facts()
        return [*violations(known, list(machines), machines), *_as_wanted(known, wanted)]

    def facts(self) -> Facts:
        return facts(self.home, self.database_url, (self.clock or datetime.now(UTC)).date())


BEFORE = Wanted("web", "vps-1")
"""What every home of a kill at a step has from the beginning."""
WANTED: dict[Scenario, Wanted] = {
    "new": Wanted("shop", "vps-2"),
    "addition": Wanted("web", "vps-1", (("disk", 30),)),
    "improvement": Wanted("web", "vps-2"),
    "refund": Wanted("shop", "vps-2"),
    "refund of an addition": Wanted("web", "vps-1", (("disk", 30),)),
    "parked": Wanted("shop", "vps-2"),
    "declined": Wanted("shop", "vps-2"),
}
WANTED |= dict.fromkeys(RENEWAL, BEFORE)
START = datetime(2026, 1, 31, 12, tzinfo=UTC)
END = date(2026, 2, 28)
"""Until when that server is paid."""
CLOCKS: dict[Scenario, datetime] = {
    "renewal": datetime(2026, 2, 20, 12, tzinfo=UTC),
    "renewal by itself": datetime(2026, 2, 27, tzinfo=UTC),
    "renewal out of suspension": datetime(2026, 3, 4, 12, tzinfo=UTC),
}
RENEWED = ("--renew", str(Renewal(BEFORE.name, 1, END)))
RECOVERIES = ("work", "apply")
DECLINED_METHOD = ("--method", "test-declined")


def prepared(folder: Path, database_url: str | None) -> Place:
    """A home on a test clock in which a server stands already."""
    place = Place(folder, database_url, START)
    place.apply(BEFORE)
    return place


def copy_of(place: Place, folder: Path, server: str | None = None) -> Place:
    """A copy of a home that nobody uses, with a copy of its database on that server if it is not on SQLite."""
    shutil.copytree(place.home, folder / "home")
    if place.database_url is None:
        return Place(folder, clock=place.clock)
    return Place(folder, new_database(server, template=make_url(place.database_url).database), place.clock)


def torture_step(place: Place, point: str, scenario: Scenario, recovery: str) -> list[str]:
    """Kill at a step, recover, and check: the violations."""
    place.kill_at(point, scenario)
    found: list[str] = []
    if recovery == "work":
        place.recover_by_worker()
        found += in_sight(place.facts(), place.listed())
    wanted = WANTED[scenario]
    if scenario == "declined" and recovery == "apply":
        # With the same card: while the order waits for it, another is refused (L4).
        place.client(wanted, options=DECLINED_METHOD).ended(REFUSED)
    renewed = RENEWED if scenario in RENEWAL else ()
    found += place.checked(*({BEFORE.name: BEFORE} | {wanted.name: wanted}).values(), options=renewed)
    return [*found, *renewed_once(place.facts(), times=1 if renewed else 0)]


def cases(*scenarios: Scenario) -> list[tuple[Scenario, str, str]]:
    """Every point of the scenarios, each with a way to recover, which take turns."""
    points = [(scenario, point) for scenario in scenarios for point in POINTS if scenario in POINTS[point][1].scenarios]
    return [(scenario, point, RECOVERIES[n % 2]) for n, (scenario, point) in enumerate(points)]


def renewed_once(known: Facts, times: int) -> list[str]:
    """How often the only server that is near its end was renewed (N1)."""
    renewals = [order for order in known.orders if order["kind"] == "renewal" and order["status"] == "active"]
    return [] if len(renewals) == times else [f"N1: {len(renewals)} renewals were bought instead of {times}"]


def _as_wanted(known: Facts, wanted: Sequence[Wanted]) -> list[str]:
    """Each server is bought once, and has what is wanted of it after as many active orders as it has changes."""
    found = []
    over = {contract["id"] for contract in known.contracts if contract["status"] == "ended"}
    for each in wanted:
        mine = [o for o in known.orders if o["name"] == each.name and o["contract_id"] not in over]
        active = [order for order in mine if order["status"] == "active"]
        new = [order for order in active if order["kind"] == "new"]
        if len(new) != 1:
            found.append(f"N4: the server {each.name} was bought {len(new)} times")
        lines = {line["line"]: line for line in known.lines if line["contract_id"] in {o["contract_id"] for o in new}}
        if lines.get("solution", {}).get("offer") != each.offer:
            found.append(f"N3: {each.name} is wanted as {each.offer} and is {lines.get('solution')}")
        for type_, quantity in each.additions:
            if lines.get(type_, {}).get("quantity") != quantity:
                found.append(f"N3: {each.name} is wanted with {quantity} of {type_} and has {lines.get(type_)}")
    return found
