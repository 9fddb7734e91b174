"""The rules that must hold after recovery (N1 to N9), checked from outside: what the files and the database say.

Nothing of the program is asked: the records are read with SQL, the gateway's file as it stands, the machines as libvirt
told the client, the list of servers as ``qualit servers`` printed it. Each violation is a sentence.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import psycopg.rows
from sqlalchemy import make_url

from tests.life import months_later

PAID = ("active", "refunded")
FINISHED = (*PAID, "declined", "cancelled")
CENTS = ("amount", "refunded", "credit", "monthly_price")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known from outside. Amounts are in cents."""

    orders: Sequence[Row]
    journal: Sequence[Row]
    lines: Sequence[Row]
    contracts: Sequence[Row]
    servers: Sequence[Row]
    offers: Mapping[str, Mapping[str, int]]
    intents: Sequence[Row]
    refunds: Mapping[str, int]
    calls: Mapping[str, int]
    periods: Sequence[Row]
    day: date
    receipts: Sequence[Row] = ()

    @property
    def charges(self) -> Sequence[Row]:
        return [intent for intent in self.intents if intent["status"] == "succeeded"]

    @property
    def over(self) -> set[str]:
        """The contracts that have ended."""
        return {contract["id"] for contract in self.contracts if contract["status"] == "ended"}

    @property
    def renewals(self) -> Sequence[Row]:
        """The renewals that were delivered."""
        return [order for order in self.orders if order["kind"] == "renewal" and order["status"] == "active"]


def facts(home: Path, database_url: str | None, day: date) -> Facts:
    """What the records of a home and its gateway's file say now, which is a day of the home's clock."""
    records = Records(home, database_url)
    gateway = home / "sandbox-gateway.sqlite3"
    return Facts(
        orders=records.rows("SELECT * FROM orders ORDER BY number", cents=CENTS),
        journal=records.rows(
            "SELECT journal.order_id, journal.kind, postings.account, postings.amount FROM journal"
            " JOIN postings ON postings.journal_id = journal.id",
            cents=("amount",),
        ),
        lines=records.rows("SELECT * FROM lines"),
        receipts=records.rows("SELECT order_id, series, year, serial FROM receipts"),
        contracts=records.rows("SELECT * FROM contracts"),
        servers=records.rows("SELECT * FROM servers"),
        offers={row["id"]: _json(row["characteristics"]) for row in records.rows("SELECT * FROM offers")},
        intents=_sqlite(gateway, "SELECT * FROM intents"),
        refunds={
            row["intent_id"]: row["cents"]
            for row in _sqlite(gateway, "SELECT intent_id, sum(cents) AS cents FROM refunds GROUP BY intent_id")
        },
        calls={
            row["operation"]: row["n"]
            for row in _sqlite(gateway, "SELECT operation, count(*) AS n FROM calls GROUP BY operation")
        },
        periods=records.rows("SELECT * FROM periods ORDER BY number"),
        day=day,
    )


class Records:
    """The platform's own database, read with SQL."""

    def __init__(self, home: Path, database_url: str | None) -> None:
        self._file = home / "qualit.sqlite3"
        self._url = make_url(database_url).set(drivername="postgresql") if database_url else None

    def rows(self, query: str, cents: Sequence[str] = ()) -> list[Row]:
        if self._url is None:
            return _sqlite(self._file, query)
        with psycopg.connect(self._url.render_as_string(hide_password=False)) as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            rows: list[Row] = cursor.execute(query.encode()).fetchall()
        return [{**row, **{name: int(Decimal(row[name]) * 100) for name in cents}} for row in rows]


def next_end(home: Path, database_url: str | None) -> date | None:
    """When the paid time of a contract that lives ends next; None when there is none, or the database is away."""
    try:
        ends = Records(home, database_url).rows(
            "SELECT max(ends_on) AS ends_on FROM periods JOIN contracts ON contracts.id = contract_id"
            " WHERE contracts.status <> 'ended' GROUP BY contract_id"
        )
    except psycopg.OperationalError:
        return None
    return min((_day(row["ends_on"]) for row in ends), default=None)


def violations(known: Facts, listed: Sequence[str], machines: Mapping[str, Mapping[str, int]]) -> list[str]:
    """What is wrong; ``listed`` are the servers' names that the customer sees."""
    return [
        *_charged_once(known),
        *_ordered_and_booked(known),
        *_documented(known),
        *_finished(known),
        *in_sight(known, listed),
        *_nothing_changed_unpaid(known),
        *_delivered(known, machines),
        *_renewed(known),
        *_credited(known),
        *_cash(known),
    ]


def _charged_once(known: Facts) -> Iterator[str]:
    charged = Counter(intent["order_id"] for intent in known.charges)
    for order_id, times in charged.items():
        if times > 1:
            yield f"N1: the order {order_id} was charged {times} times"
    for order in known.orders:
        wanted = 1 if order["status"] in PAID and order["amount"] else 0
        if charged[order["id"]] != wanted:
            yield f"N1: the order {order['id']} is {order['status']} and has {charged[order['id']]} charges"
    held = Counter((o["contract_id"], o["line"], o["revision"]) for o in known.orders if o["status"] == "active")
    for (contract, line, revision), times in held.items():
        if times > 1:
            yield f"N1: revision {revision} of {line} of {contract} was bought {times} times"
    bought = Counter((o["contract_id"], o["kind"]) for o in known.orders if o["status"] == "active")
    for (contract, kind), times in bought.items():
        if kind == "new" and times > 1:
            yield f"N1: the contract {contract} was bought {times} times"


def _ordered_and_booked(known: Facts) -> Iterator[str]:
    orders = {order["id"]: order for order in known.orders}
    booked = {(row["order_id"], row["kind"]) for row in known.journal}
    for intent in known.charges:
        order = orders.get(intent["order_id"])
        if order is None:
            yield f"N2: the charge {intent['id']} is of no order"
        elif order["amount"] != intent["cents"]:
            yield f"N2: {intent['cents']} cents were charged for the order {order['id']} over {order['amount']}"
    for order in known.orders:
        if order["status"] in PAID and (order["id"], "charge") not in booked:
            yield f"N2: the order {order['id']} is {order['status']} and no charge of it stands in the ledger"
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in known.journal:
        sums[row["order_id"], row["kind"]] += row["amount"]
    for (order_id, kind), total in sums.items():
        if total:
            yield f"N2: the {kind} of {order_id} does not balance in the ledger: {total}"


def _documented(known: Facts) -> Iterator[str]:
    """Each entry of the ledger has its document, and no number is left out."""
    series = {"charge": "R", "refund": "C"}
    written = Counter((row["order_id"], row["series"]) for row in known.receipts)
    booked = Counter({(row["order_id"], series[row["kind"]]): 1 for row in known.journal if row["kind"] in series})
    for order_id, letter in (written - booked) + (booked - written):
        yield f"P8: {order_id} has {written[order_id, letter]} documents of the series {letter}, not one an entry"
    serials: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in known.receipts:
        serials[row["series"], row["year"]].append(row["serial"])
    for (letter, year), numbers in serials.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"P8: the series {letter} of {year} has a gap: {sorted(numbers)}"


def _finished(known: Facts) -> Iterator[str]:
    given_back = {intent["order_id"]: known.refunds.get(intent["id"], 0) for intent in known.charges}
    for order in known.orders:
        if order["status"] not in FINISHED:
            yield f"N3: the order {order['id']} is {order['status']} and waits for {order['waits_for']} after recovery"
        expected = order["amount"] if order["status"] == "refunded" else 0
        if given_back.get(order["id"], 0) != expected:
            yield f"N3: the order {order['id']} is {order['status']} and {given_back.get(order['id'], 0)} were refunded"


def in_sight(known: Facts, listed: Sequence[str]) -> Iterator[str]:
    """What was paid for and the customer does not see, or sees twice (N4)."""
    over = known.over
    for order in known.orders:
        if order["kind"] == "new" and order["status"] == "active" and order["contract_id"] not in over:
            status = [s["status"] for s in known.servers if s["contract_id"] == order["contract_id"]]
            if status != ["active"]:
                yield f"N4: the servers of the paid contract {order['contract_id']} are {status}"
            if order["name"] not in listed:
                yield f"N4: the paid server {order['name']} is not listed"
    for name, times in Counter(listed).items():
        if times > 1:
            yield f"N4: the server {name} is listed {times} times"


def _nothing_changed_unpaid(known: Facts) -> Iterator[str]:
    """A contract's lines have come exactly as far as they were paid for (N5), and no further order is booked."""
    paid = _paid_changes(known)
    lines = {(line["contract_id"], line["line"]): line for line in known.lines}
    for key in paid.keys() | lines.keys():
        revision = lines[key]["revision"] if key in lines else 0
        if revision != paid[key]:
            yield f"N5: {key[1]} of {key[0]} has revision {revision} after {paid[key]} paid changes"
    orders = {order["id"]: order["status"] for order in known.orders}
    for order_id in {row["order_id"] for row in known.journal}:
        if orders.get(order_id) not in PAID:
            yield f"N5: the order {order_id} is {orders.get(order_id)} and stands in the ledger"
    bought = {order["contract_id"] for order in known.orders if order["status"] == "active"}
    open_contracts = {order["contract_id"] for order in known.orders if order["status"] not in FINISHED}
    for contract in known.contracts:
        if contract["id"] not in bought | open_contracts:
            yield f"N5: the contract {contract['id']} ({contract['status']}) is there, and no active order of it"


def _paid_changes(known: Facts) -> Counter[tuple[str, str]]:
    """How often each line was paid for: with its own orders, and with each renewal while it was there (P2)."""
    paid: Counter[tuple[str, str]] = Counter()
    for order in (order for order in known.orders if order["status"] == "active"):
        if order["kind"] == "renewal":
            paid.update(key for key in list(paid) if key[0] == order["contract_id"])
        else:
            paid[order["contract_id"], order["line"]] += 1
    return paid


def _delivered(known: Facts, machines: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """What was paid for is in the contract, has never shrunk (N7), and is on the machine (N3)."""
    lines = {(line["contract_id"], line["line"]): line for line in known.lines}
    latest: dict[tuple[str, str], Row] = {}
    for order in (o for o in known.orders if o["status"] == "active" and o["kind"] != "renewal"):
        key = (order["contract_id"], order["line"])
        change, before = _json(order["proposal"])["change"], latest.get(key)
        if before is not None and change.get("quantity", 0) < before.get("quantity", 0):
            yield f"N7: {key[1]} of {key[0]} shrank to {change['quantity']} with the order {order['id']}"
        if before is not None and "offer" in change:
            then, now = known.offers[before["offer"]], known.offers[change["offer"]]
            if any(now[name] < then[name] for name in then):
                yield f"N7: {key[0]} went from {before['offer']} to {change['offer']} with the order {order['id']}"
        latest[key] = change
    for key, change in latest.items():
        line = lines.get(key)
        for name in ("offer", "quantity"):
            if name in change and (line is None or line[name] != change[name]):
                yield f"N3: {key[1]} of {key[0]} was paid as {change[name]}, the contract has {line and line[name]}"
    suspended = {contract["id"] for contract in known.contracts if contract["status"] == "suspended"}
    for server in (server for server in known.servers if server["status"] != "ended"):
        machine = machines.get(server["name"])
        if server["status"] == "active" and server["contract_id"] not in suspended:
            yield from _on_machine(known, server, machine)
            if machine is not None and not machine["running"]:
                yield f"N3: the machine of the paid server {server['name']} is off"
        elif machine is not None and machine["running"]:
            yield f"L2: the machine of {server['name']} runs, which is {server['status']} and not paid for"


def _renewed(known: Facts) -> Iterator[str]:
    """Each period was bought once (N1), follows the one before it (P2, P4, L2), and was paid in full."""
    renewals: dict[str, list[Row]] = defaultdict(list)
    for order in known.renewals:
        renewals[order["contract_id"]].append(order)
        months = _json(order["proposal"])["change"]["months"]
        if order["amount"] - order["credit"] != order["monthly_price"] * months:
            yield f"P2: the renewal {order['id']} of {months} months at {order['monthly_price']} was {order['amount']}"
    for contract in known.contracts:
        periods = [row for row in known.periods if row["contract_id"] == contract["id"]]
        if not periods:
            continue
        bought, numbers = renewals[contract["id"]], [row["number"] for row in periods]
        if numbers != list(range(1, len(bought) + 2)):
            yield f"N1: {contract['id']} has the periods {numbers} after {len(bought)} renewals"
        yield from _one_after_the_other(contract["id"], periods, bought)
        yield from _as_paid(contract, _day(periods[-1]["ends_on"]), known.day)


def _one_after_the_other(contract_id: str, periods: Sequence[Row], renewals: Sequence[Row]) -> Iterator[str]:
    end = _day(periods[0]["starts_on"])
    anchor = end.day
    for period, renewal in zip(periods, [None, *renewals], strict=False):
        start = max(end, _day(renewal["paid_at"])) if renewal else end
        if start > end:
            anchor = start.day
        end = months_later(start, period["months"], anchor)
        if (_day(period["starts_on"]), _day(period["ends_on"])) != (start, end):
            yield (
                f"P4: the period {period['number']} of {contract_id} is from {period['starts_on']} to "
                f"{period['ends_on']} instead of from {start} to {end}"
            )


def _as_paid(contract: Row, paid_until: date, day: date) -> Iterator[str]:
    """After a worker has run, what is not paid for any more is suspended or has ended, and nothing else is (L1, L2)."""
    grace = timedelta(days=contract["grace_days"])
    if contract["status"] == "ended":
        if _day(contract["ended_at"]) < paid_until + grace:
            yield f"L2: {contract['id']} was ended on {contract['ended_at']}, paid until {paid_until}"
    elif (contract["status"] == "active") != (day < paid_until) or day >= paid_until + grace:
        yield f"L2: {contract['id']} is {contract['status']} on {day}, paid until {paid_until}"


def _credited(known: Facts) -> Iterator[str]:
    """What the ledger owes each contract is what its orders have credited and its renewals have used (P6)."""
    contract_of = {order["id"]: order["contract_id"] for order in known.orders}
    owed: Counter[str] = Counter()
    for row in known.journal:
        if row["account"] == "credit":
            owed[contract_of.get(row["order_id"], "")] -= row["amount"]
    credited: Counter[str] = Counter()
    for order in known.orders:
        if order["status"] == "active":
            credited[order["contract_id"]] += order["credit"]
    for contract_id in owed.keys() | credited.keys():
        if owed[contract_id] != credited[contract_id] or owed[contract_id] < 0:
            yield f"P6: {contract_id} is owed {owed[contract_id]}, {credited[contract_id]} were credited to it"


_ADDED = {"vcpu": "vcpus", "memory": "memory_gib", "disk": "disk_gib", "ipv4": "ipv4_addresses"}


def _on_machine(known: Facts, server: Row, machine: Mapping[str, int] | None) -> Iterator[str]:
    if machine is None:
        yield f"N3: libvirt has no machine of the paid server {server['name']}"
        return
    held = [line for line in known.lines if line["contract_id"] == server["contract_id"]]
    total: Counter[str] = Counter()
    for line in held:
        if line["offer"]:
            total.update(known.offers[line["offer"]])
        elif line["line"] in _ADDED:
            total[_ADDED[line["line"]]] += line["quantity"]
    for name in _ADDED.values():
        if machine[name] < total[name]:
            yield f"N3: the machine of {server['name']} has {name} {machine[name]}, {total[name]} were paid for"


def _cash(known: Facts) -> Iterator[str]:
    ledger = sum(row["amount"] for row in known.journal if row["account"] == "cash")
    gateway = sum(intent["cents"] for intent in known.charges) - sum(known.refunds.values())
    if ledger != gateway:
        yield f"N9: the ledger's cash is {ledger} cents, the gateway's {gateway}"


def _day(value: Any) -> date:
    """Days and instants are texts on SQLite and parsed on PostgreSQL."""
    return date.fromisoformat(str(value)[:10])


def _json(value: Any) -> Any:
    """JSON is a text on SQLite and parsed on PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value


def _sqlite(path: Path, query: str) -> list[Row]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]
