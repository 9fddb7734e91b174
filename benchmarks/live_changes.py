"""How long a change of a running server takes: ``python benchmarks/live_changes.py``.

One real server is bought on ``qemu:///system`` and changed in turns: by hand, which is the bare libvirt calls that the
change takes at the least, and by a real order (or, of the system, a free change) that the embedded platform delivers to
the same guest. An order's time is the whole improvement less what the payment gateway took. Both are medians, the ratio
is the median over the pairs, and what the guest has is read inside it, with its boot id. Needs QEMU; the server, the
images that it added and its home are removed again.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import libvirt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import provider.backend.opening as opening  # noqa: E402
from provider.backend.embedded import connect  # noqa: E402
from provider.backend.port import ContractTerms, Purchase, ServerSettings, ServerView  # noqa: E402
from provider.commerce.change import Change, NewContract, SetQuantity  # noqa: E402
from provider.commerce.contract import CHARACTERISTIC, ResourceType  # noqa: E402
from provider.commerce.proposal import Proposal, propose  # noqa: E402
from provider.configuration import Configuration  # noqa: E402
from provider.platform.hypervisor.connection import LibvirtConnection  # noqa: E402
from provider.platform.hypervisor.demo_image import install_demo_images  # noqa: E402
from provider.platform.hypervisor.domain_xml import NETWORK, SYSTEM_DISK, interface, kilobytes_per_second  # noqa: E402
from provider.platform.hypervisor.domains import definition  # noqa: E402
from provider.platform.hypervisor.images import Images  # noqa: E402
from provider.platform.hypervisor.libvirt_host import LibvirtHost  # noqa: E402
from provider.platform.hypervisor.volumes import GIB, Volumes  # noqa: E402
from provider.platform.payments.connect import connect_gateway  # noqa: E402
from tests.hypervisor.conftest import Guest, Report, start_daemons  # noqa: E402
from tests.hypervisor.machines import address, machine_spec  # noqa: E402

URI = "qemu:///system"
NAME = "benchmark"
SYSTEMS = ("debian-12", "freebsd-14")
"""The second stands for a system that takes no vCPUs while it runs. The demo guest stands in for both."""
LIVE, PERSISTENT = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
UPDATE_BOTH = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE | libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG
KIB_PER_GIB = 1024**2


class TimedGateway:
    """The payment gateway, with the seconds that were spent in it."""

    seconds = 0.0

    def __init__(self, gateway: Any) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._gateway, name)
        return self._timed(value) if callable(value) else value

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                TimedGateway.seconds += time.perf_counter() - began

        return call


class Server:
    """The server: bought, changed by orders and by hand, and looked at from inside."""

    def __init__(self, home: Path) -> None:
        self.backend = connect(Configuration(home=home, libvirt_uri=URI))
        self.connection = LibvirtConnection(URI)
        self.host = LibvirtHost(self.connection, home)
        identity = self.backend.identity("vps", NAME)
        terms = ContractTerms("vps", NAME, auto_renew=True)
        self._order(self._proposal(identity.contract_id, NewContract("vps-1", SYSTEMS[0], 1)), terms=terms)
        self.guest = Guest(self.host, replace(machine_spec(NAME), uuid=self.view.domain_uuid or ""))

    @property
    def view(self) -> ServerView:
        view = self.backend.server_named(NAME)
        if view is None:
            raise SystemExit("the server was not delivered")
        return view

    @property
    def domain(self) -> Any:
        return self.connection.handle().lookupByUUIDString(self.view.domain_uuid)

    def buy(self, type_: ResourceType, total: int, *, allow_restart: bool = False) -> float:
        """Order additional units for a total of the server; the seconds that it took less the gateway's."""
        of_offer = getattr(self.view.characteristics, CHARACTERISTIC[type_]) - self.view.contract.contract.quantity(
            type_
        )
        change = SetQuantity(type_, total - of_offer)
        return self._order(self._proposal(self.view.contract.contract.id, change), allow_restart=allow_restart)

    def install(self, os: str) -> float:
        """Install another system at no charge; the seconds that it took."""
        began = time.perf_counter()
        self.backend.configure_server(self.view.id, self.view.settings, os=os, timeout_seconds=300)
        return time.perf_counter() - began

    def _proposal(self, contract_id: str, change: Change) -> Proposal:
        known = self.backend.contract(contract_id)
        contract = known.contract if known else None
        proposal = propose(self.backend.catalogue(), contract_id, contract, change, self.backend.now().date())
        if not isinstance(proposal, Proposal):
            raise SystemExit(f"the change is refused: {proposal}")
        return proposal

    def _order(
        self, proposal: Proposal, *, terms: ContractTerms | None = None, allow_restart: bool | None = None
    ) -> float:
        quote = self.backend.hold_quote(proposal)
        settings = ServerSettings() if terms else None
        purchase = Purchase(quote.id, "test-visa", terms, settings, allow_restart=allow_restart)
        TimedGateway.seconds, began = 0.0, time.perf_counter()
        order = self.backend.order(purchase, timeout_seconds=300)
        whole = time.perf_counter() - began - TimedGateway.seconds
        if order.status != "active":
            raise SystemExit(f"the order is {order.status}: {order.failure}")
        return whole

    def close(self) -> None:
        for view in self.backend.servers():
            self.backend.end_server(view.id)
        self.backend.close()
        self.connection.close()


# -- one change of each kind: the calls by hand, then the order; both times, and the guest's report -----------------
Turn = tuple[float, float, Report]


def vcpu(server: Server, before: Report) -> Turn:
    calls = [partial(server.domain.setVcpusFlags, before.cpus + 1, scope) for scope in (LIVE, PERSISTENT)]
    bare, whole = timed(*calls), server.buy("vcpu", before.cpus + 2)
    return bare, whole, server.guest.says(lambda report: report.cpus == before.cpus + 2)


def memory(server: Server, before: Report) -> Turn:
    domain, total = server.domain, server.view.characteristics.memory_gib
    devices = [(_more_memory(domain, total + 1, scope), scope) for scope in (LIVE, PERSISTENT)]
    bare = timed(*(partial(domain.updateDeviceFlags, *device) for device in devices))
    whole = server.buy("memory", total + 2)
    least = before.memory_kib + 2 * KIB_PER_GIB * 95 // 100
    return bare, whole, server.guest.says(lambda report: report.memory_kib >= least)


def _more_memory(domain: Any, total_gib: int, scope: int) -> str:
    """The memory device of a definition with what it is asked for, prepared before the clock starts."""
    has = definition(domain, persistent=scope == PERSISTENT)
    requested = has.virtio_mem.find("target/requested") if has.virtio_mem is not None else None
    if has.virtio_mem is None or requested is None:
        raise SystemExit("the machine has no memory device")
    requested.set("unit", "GiB")
    requested.text = str(total_gib - has.boot_memory_gib)
    return ET.tostring(has.virtio_mem, encoding="unicode")


def disk(server: Server, before: Report) -> Turn:
    has, flag = before.disk_bytes // GIB, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES
    bare = timed(partial(server.domain.blockResize, SYSTEM_DISK, (has + 10) * GIB, flag))
    whole = server.buy("disk", has + 20)
    return bare, whole, server.guest.says(lambda report: report.disk_bytes == (has + 20) * GIB)


def ipv4(server: Server, _: Report) -> Turn:
    """By hand too the lease comes first. The interface and its lease are taken away again before the order."""
    domain, network = server.domain, server.connection.handle().networkLookupByName(NETWORK)
    taken, prefix = server.host.addresses_in_use(), server.host.subnet().rsplit(".", 2)[0]
    spare = address(next(ip for ip in (f"{prefix}.251.{last}" for last in range(2, 250)) if ip not in taken))
    nic = ET.tostring(interface(spare), encoding="unicode")
    host = f"<host mac='{spare.mac}' ip='{spare.ip}'/>"
    lease = (libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, host, UPDATE_BOTH)
    try:
        bare = timed(
            partial(network.update, libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, *lease),
            partial(domain.attachDeviceFlags, nic, LIVE),
            partial(domain.attachDeviceFlags, nic, PERSISTENT),
        )
    finally:
        with suppress(libvirt.libvirtError):
            domain.detachDeviceFlags(nic, LIVE | PERSISTENT)
        network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE, *lease)
    whole = server.buy("ipv4", len(server.view.ipv4_addresses) + 1)
    wanted = frozenset(server.view.ipv4_addresses)
    return bare, whole, server.guest.says(lambda report: wanted == report.addresses)


def bandwidth(server: Server, before: Report) -> Turn:
    domain, mbits = server.domain, server.view.characteristics.bandwidth_mbits
    rate = kilobytes_per_second(mbits + 100)
    limit, (mac, *_) = {"inbound.average": rate, "outbound.average": rate}, definition(domain).macs
    bare = timed(*(partial(domain.setInterfaceParameters, mac, limit, scope) for scope in (LIVE, PERSISTENT)))
    whole = server.buy("bandwidth", mbits + 200)
    if definition(domain).bandwidth_mbits != mbits + 200:
        raise SystemExit("the interfaces are not limited to what was bought")
    return bare, whole, server.guest.says(lambda report: report.up > before.up)


def system(server: Server, before: Report) -> Turn:
    bare = _restart(server)
    whole = server.install(SYSTEMS[1])
    return bare, whole, server.guest.says(lambda report: report.addresses == before.addresses)


def restart(server: Server, before: Report) -> Turn:
    bare = _restart(server)
    whole = server.buy("vcpu", before.cpus + 1, allow_restart=True)
    return bare, whole, server.guest.says(lambda report: report.cpus == before.cpus + 1)


def _restart(server: Server) -> float:
    """The bare calls of a restart: the guest is asked to shut down, and started when it has."""
    domain = server.domain

    def until_it_is_off() -> None:
        while domain.isActive():
            time.sleep(0.05)

    taken = timed(domain.shutdown, until_it_is_off, domain.create)
    server.guest.says(lambda report: bool(report.addresses))
    return taken


def timed(*calls: Callable[[], object]) -> float:
    began = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Kind:
    """A kind of change; ``inside`` is what the guest says that it has of it. ``live`` is what the platform promises."""

    name: str
    turn: Callable[[Server, Report], Turn]
    inside: Callable[[Report], str]
    rounds: int | None = None
    live: str = "yes"


KINDS = (
    Kind("vCPU", vcpu, lambda report: f"{report.cpus} vCPU"),
    Kind("memory", memory, lambda report: f"{report.memory_kib / KIB_PER_GIB:.1f} GiB"),
    Kind("disk", disk, lambda report: f"{report.disk_bytes // GIB} GiB"),
    Kind("address", ipv4, lambda report: f"{len(report.addresses)} IPv4", rounds=3),
    Kind("bandwidth", bandwidth, lambda _: "as before"),
    Kind("system (C7)", system, lambda report: f"{len(report.addresses)} IPv4", rounds=1, live="reinstall"),
    Kind("vCPU, no hotplug (C1)", restart, lambda report: f"{report.cpus} vCPU", rounds=1, live="restart"),
)
"""The offer has one address and a server four at the most, hence three rounds."""


def measure(server: Server, kind: Kind, rounds: int) -> str:
    """One line of the table."""
    if kind.turn is bandwidth and not server.host.limits_bandwidth:
        return f"{kind.name:<22} {'not here':<10} {'':35} this host's kernel cannot limit it"
    first = last = server.guest.says(lambda report: bool(report.addresses))
    pairs = []
    for _ in range(min(rounds, kind.rounds or rounds)):
        bare, whole, last = kind.turn(server, last)
        pairs.append((bare, whole))
    is_same = first.boot == last.boot
    if is_same != (kind.live == "yes"):
        raise SystemExit(f"{kind.name}: the guest is of {'the same' if is_same else 'another'} boot")
    by_hand, ordered = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(whole / bare for bare, whole in pairs)
    boot = "the same boot" if is_same else "another boot"
    seen = f"{kind.inside(first)} -> {kind.inside(last)}, {boot}"
    return f"{kind.name:<22} {kind.live:<10} {by_hand:>8.0f} ms {ordered:>10.0f} ms {ratio:>8.1f}  {seen}"


@contextmanager
def images() -> Iterator[None]:
    """The demo image for the systems that have none, for as long as it is measured."""
    added = install_demo_images(URI, SYSTEMS)
    try:
        yield
    finally:
        there = Images(Volumes(LibvirtConnection(URI)))
        for image in [image for os in added for image in there.of(os)]:
            with suppress(Exception):  # a machine of somebody else is based on it by now
                there.remove(image)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each live change is made")
    rounds = parser.parse_args().rounds
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is cleaned up
    timed_gateway = mock.patch.object(opening, "connect_gateway", lambda *given: TimedGateway(connect_gateway(*given)))
    start_daemons()
    with tempfile.TemporaryDirectory(prefix="qualit-live-") as folder, images(), timed_gateway:
        server = Server(Path(folder) / "home")
        try:
            server.guest.says(lambda report: bool(report.addresses))
            how = "KVM" if "type='kvm'" in server.domain.XMLDesc() else "emulation (TCG): no guest boots with KVM here"
            print(f"QEMU with {how}; one guest, {rounds} rounds, medians")
            print(
                f"{'change':<22} {'live':<10} {'by hand':>11} {'by an order':>13} {'ratio':>8}  seen inside the guest"
            )
            for kind in KINDS:
                print(measure(server, kind, rounds), flush=True)
        finally:
            server.close()


if __name__ == "__main__":
    main()
