"""A customer's process: it opens a home, plans and buys what is wanted, as an apply does; and dies where it is told to.

``python -P -m tests.torture.client --home FOLDER --server NAME:OFFER[:TYPE=QUANTITY...]``. What it saw of the machines
goes to standard output as JSON, read from libvirt itself. Buying again what is there already buys nothing. ``--renew
NAME:MONTHS:DATE`` renews what is not paid beyond that day, ``--work`` is a worker that can be told where to die.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import (
    BackendError,
    ContractTerms,
    LineMovedError,
    Purchase,
    RefusedError,
    ServerSettings,
    UnavailableError,
)
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, ResourceType
from provider.commerce.proposal import Proposal, propose
from provider.configuration import Configuration
from provider.platform.records.orders import FINISHED
from tests.torture.points import POINTS, die_at, replace

LIBVIRT = "test:///default"
REFUSED, UNAVAILABLE = 3, 4
"""What it exits with when the platform said no, or not now; both are answers and no failures."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one server is to be. ``str`` and ``parse`` are its form on a command line."""

    name: str
    offer: str
    additions: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return ":".join([self.name, self.offer, *(f"{type_}={quantity}" for type_, quantity in self.additions)])

    @classmethod
    def parse(cls, text: str) -> Wanted:
        name, offer, *additions = text.split(":")
        pairs = (addition.split("=") for addition in additions)
        return cls(name, offer, tuple((type_, int(quantity)) for type_, quantity in pairs))


@dataclass(frozen=True, slots=True)
class Renewal:
    """One server is to be paid beyond ``until``; its form on a command line is as that of ``Wanted``."""

    name: str
    months: int
    until: date

    def __str__(self) -> str:
        return f"{self.name}:{self.months}:{self.until}"

    @classmethod
    def parse(cls, text: str) -> Renewal:
        name, months, until = text.split(":")
        return cls(name, int(months), date.fromisoformat(until))


class Customer:
    def __init__(self, backend: EmbeddedBackend, method: str, timeout: float) -> None:
        self._backend = backend
        self._method = method
        self._timeout = timeout

    def apply(self, wanted: Wanted) -> None:
        """Bring one server to what is wanted of it, one purchase after the other."""
        for _ in range(3 + len(wanted.additions)):
            server = self._backend.server_named(wanted.name)
            if server is None:
                self._buy_new(wanted)
            elif server.status == "provisioning":
                self._go_on_with(server.contract.contract.id)
            else:
                held = server.contract.contract
                change = _next_change(wanted, held)
                if change is None:
                    return
                self._buy(held.id, held, change)

    def renew(self, wanted: Renewal) -> None:
        """Renew a server that is not paid beyond a day, as its owner does who looks first; what is open goes on."""
        server = self._backend.server_named(wanted.name)
        if server is None or server.status == "provisioning":
            return
        self._go_on_with(server.contract.contract.id)
        server = self._backend.server_named(wanted.name)
        if server is not None and server.contract.contract.paid_until <= wanted.until:
            self._buy(server.contract.contract.id, server.contract.contract, Renew(wanted.months))

    def _buy_new(self, wanted: Wanted) -> None:
        identity = self._backend.identity("vps", wanted.name)
        terms = ContractTerms("vps", wanted.name, auto_renew=True)
        self._buy(identity.contract_id, None, NewContract(wanted.offer, "debian-12", 1), terms)

    def _go_on_with(self, contract_id: str) -> None:
        """Wait for the server's order, as a read of a server that is being delivered does."""
        for order in self._backend.orders(contract_id=contract_id):
            if order.status not in FINISHED:
                self._backend.resume(order.id, timeout_seconds=self._timeout)

    def _buy(
        self, contract_id: str, contract: Contract | None, change: Change, terms: ContractTerms | None = None
    ) -> None:
        backend = self._backend
        proposal = propose(backend.catalogue(), contract_id, contract, change, backend.now().date())
        if not isinstance(proposal, Proposal):
            raise RefusedError("Refused when planning", "; ".join(refusal.detail for refusal in proposal))
        quote = backend.hold_quote(proposal)
        settings = ServerSettings() if terms else None
        backend.order(Purchase(quote.id, self._method, terms, settings), timeout_seconds=self._timeout)


def _next_change(wanted: Wanted, held: Contract) -> Change | None:
    """Additions first, then the improvement: the change that comes next."""
    for type_, quantity in wanted.additions:
        if held.quantity(cast(ResourceType, type_)) < quantity:
            return SetQuantity(cast(ResourceType, type_), quantity)
    if held.solution.offer != wanted.offer:
        return SwitchSolution(wanted.offer, "debian-12")
    return None


def machines(backend: EmbeddedBackend) -> dict[str, dict[str, int]]:
    """The machines, by the name of their server. The test driver forgets them, so each is looked at once before."""
    import libvirt

    for view in backend.servers():
        backend.server(view.id, observe=True)
    handle = libvirt.open(LIBVIRT)
    try:
        pool = next((p for p in handle.listAllStoragePools() if p.name() == "qualit"), None)
        sizes = {v.name(): v.info()[1] // 1024**3 for v in pool.listAllVolumes()} if pool else {}
        uuids = {view.domain_uuid: view.name for view in backend.servers()}
        found = {domain.UUIDString(): domain for domain in handle.listAllDomains()}
        return {name: _has(found[uuid], sizes) for uuid, name in uuids.items() if uuid in found}
    finally:
        handle.close()


def _has(domain: Any, sizes: dict[str, int]) -> dict[str, int]:
    tree = ET.fromstring(domain.XMLDesc())  # noqa: S314 - libvirt's own
    vcpu = tree.find("vcpu")
    current = tree.findtext("currentMemory") or tree.findtext("memory") or "0"
    if vcpu is None:
        raise LookupError("a domain without vcpu")
    return {
        "vcpus": int(vcpu.get("current") or vcpu.text or 0),
        "memory_gib": int(current) // 1024**2,
        "disk_gib": sizes.get(f"{domain.UUIDString()}.qcow2", 0),
        "ipv4_addresses": len(tree.findall("devices/interface")),
        "running": int(domain.isActive()),
    }


def _arrange(arguments: argparse.Namespace) -> None:
    """What differs from an apply: shorter pauses, no worker left behind (the test starts it), and the kill."""
    # The constant is read where it is used, so it is replaced there.
    replace("provider.platform.purchase.flow:RETRY_SECONDS", lambda _: (0.05, 0.05))
    replace("provider.platform.workers.detached:start_worker", lambda _: lambda _: None)
    if arguments.impossible is not None:
        replace("provider.platform.hypervisor.testdriver:TestDriverHost.ensure", _refusing(arguments.impossible))
    if arguments.kill_at is not None:
        die_at(arguments.kill_at)


def _refusing(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(ensure: Callable[..., Any]) -> Callable[..., Any]:
        from provider.platform.hypervisor.port import DeliveryImpossibleError

        def refuse(host: Any, spec: Any) -> Any:
            if spec.name == name:
                raise DeliveryImpossibleError("the host has no room")
            return ensure(host, spec)

        return refuse

    return wrap


def main() -> int:
    parser = argparse.ArgumentParser(prog="client")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--database-url")
    parser.add_argument("--server", type=Wanted.parse, action="append", default=[])
    parser.add_argument("--method", default="test-visa")
    parser.add_argument("--timeout", type=float, default=30.0)
    parser.add_argument("--impossible", metavar="NAME", help="no machine of this server can be delivered")
    parser.add_argument("--renew", type=Renewal.parse, action="append", default=[])
    parser.add_argument("--work", action="store_true", help="first work until nothing is left to do")
    parser.add_argument("--test-clock", type=datetime.fromisoformat)
    parser.add_argument("--kill-at", choices=POINTS, metavar="POINT")
    arguments = parser.parse_args()
    _arrange(arguments)
    backend = connect(
        Configuration(
            home=arguments.home,
            database_url=arguments.database_url,
            libvirt_uri=LIBVIRT,
            test_clock=arguments.test_clock,
        )
    )
    answers = set()
    try:
        customer = Customer(backend, arguments.method, arguments.timeout)
        if arguments.work:
            backend.work(until_idle=True, report=lambda _order: None, stop=threading.Event())
        for renewal in arguments.renew:
            answers.add(_answer(partial(customer.renew, renewal)))
        for wanted in arguments.server:
            answers.add(_answer(partial(customer.apply, wanted)))
        if answers <= {0}:
            json.dump(machines(backend), sys.stdout)
    except UnavailableError as error:
        answers.add(_answered(error, UNAVAILABLE))
    finally:
        backend.close()
    return max(answers, default=0)


def _answer(do: Callable[[], None]) -> int:
    try:
        do()
    except (RefusedError, LineMovedError) as error:
        return _answered(error, REFUSED)
    except UnavailableError as error:
        return _answered(error, UNAVAILABLE)
    return 0


def _answered(error: BackendError, code: int) -> int:
    sys.stderr.write(f"{error.summary}: {error.detail}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
