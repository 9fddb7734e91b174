"""How many orders a second are paid and delivered: ``python benchmarks/orders.py``.

Orders of new servers are placed first, then workers (`qualit work --until-idle`) take them forward, on SQLite and on
PostgreSQL, with libvirt's test driver as the host. A figure is the orders finished a second between the first and the
last one; the ratio is to one worker on SQLite in the same run. PostgreSQL is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from provider.backend.embedded import connect  # noqa: E402
from provider.backend.port import ContractTerms, Purchase, ServerSettings  # noqa: E402
from provider.commerce.change import NewContract  # noqa: E402
from provider.commerce.proposal import Proposal, propose  # noqa: E402
from provider.configuration import Configuration  # noqa: E402
from provider.platform.database.engine import open_database  # noqa: E402
from provider.platform.purchase.place import place_order  # noqa: E402
from provider.platform.workers import engine  # noqa: E402
from tests.postgres import throw_away_server  # noqa: E402

NEW = NewContract("vps-2", "debian-12", 1)
WORKERS = (1, 2, 4)


def place(configuration: Configuration, count: int) -> None:
    """Place orders that nobody takes forward yet."""
    backend = connect(configuration)
    with backend._platform() as platform:  # what an apply calls, without waiting
        with engine.serving(platform):
            pass  # its tables and its queue are there from now on
        engine.stop(platform)
        for number in range(count):
            name = f"web-{number}"
            identity = backend.identity("vps", name)
            proposal = propose(backend.catalogue(), identity.contract_id, None, NEW, backend.now().date())
            if not isinstance(proposal, Proposal):
                raise TypeError(f"the offer is refused: {proposal}")
            quote = backend.hold_quote(proposal)
            terms = ContractTerms("vps", name, auto_renew=True)
            place_order(platform, Purchase(quote.id, "test-visa", terms, ServerSettings()))
    backend.close()


def finish(configuration: Configuration, workers: int, count: int) -> float:
    """Orders a second, between the first that is finished and the last."""
    environment = {**os.environ, "QUALIT_HOME": str(configuration.home), "QUALIT_LIBVIRT_URI": "test:///default"}
    if configuration.database_url:
        environment["QUALIT_DATABASE_URL"] = configuration.database_url
    command = [sys.executable, "-m", "provider.cli.main", "work", "--until-idle"]
    started = [subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(workers)]
    first = last = 0.0
    done = seen = 0
    database = open_database(configuration.home, configuration.database_url)
    while done < count:
        time.sleep(0.05)
        with database.read() as connection:
            done = connection.execute(text("SELECT count(*) FROM orders WHERE status = 'active'")).scalar_one()
        if done and not first:
            first, seen = time.monotonic(), done
        last = time.monotonic()
    database.close()
    for process in started:
        process.wait()
    return (count - seen) / (last - first)


@contextmanager
def place_for_records(kind: str, server: str | None) -> Iterator[Configuration]:
    with tempfile.TemporaryDirectory(prefix="qualit-orders-") as folder:
        url = None
        if kind == "PostgreSQL" and server is not None:
            name = f"orders_{os.urandom(4).hex()}"
            admin = create_engine(server, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
        yield Configuration(home=Path(folder) / "home", database_url=url, libvirt_uri="test:///default")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=60)
    count = parser.parse_args().orders
    base = 0.0
    print(f"{count} orders of new servers   orders a second   ratio to the first row")
    with ExitStack() as stack:
        server = stack.enter_context(throw_away_server())
        for kind in ("SQLite", "PostgreSQL") if server else ("SQLite",):
            for workers in WORKERS:
                with place_for_records(kind, server) as configuration:
                    place(configuration, count)
                    rate = finish(configuration, workers, count)
                base = base or rate
                named = f"{kind}, {workers} worker{'s' if workers > 1 else ''}"
                print(f"{named:26} {rate:17.1f} {rate / base:24.2f}", flush=True)


if __name__ == "__main__":
    main()
