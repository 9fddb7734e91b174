"""The hypervisor on libvirt's test driver, for a computer without QEMU. Opened by ``connect_hypervisor``.

Its machines are definitions without a guest, and they are forgotten when the process ends: ``observe`` then says
None, and the platform calls ``ensure`` again with the machine's specification, which defines it anew. The driver
can attach nothing, resize nothing and change no running memory for good, so an improvement defines the machine
again with what it is to have and brings it back to the power state that it was in.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import libvirt

from provider.backend.port import PowerState, SeenPowerState
from provider.platform.hypervisor.connection import LibvirtConnection, absent, translated
from provider.platform.hypervisor.domain_xml import NETWORK, raised, test_domain
from provider.platform.hypervisor.domains import definition, dhcp_hosts, find_domain, power_cause, power_state
from provider.platform.hypervisor.port import (
    Address,
    Capacity,
    DeliveryImpossibleError,
    Machine,
    MachineSpec,
)

POOL = "qualit"
_SUBNET = ipaddress.ip_network("10.69.0.0/16")
_GATEWAY = str(_SUBNET[1])
_GIB = 1024**3
_BOUNDLESS = Capacity(vcpus=10**6, memory_gib=10**6, disk_gib=10**9)


class TestDriverHost:
    """One test host. Every system has an image here, because no disk holds anything."""

    __test__ = False
    """Its name begins like a test's; it is none."""

    def __init__(self, connection: LibvirtConnection) -> None:
        self._connection = connection
        self._making = threading.Lock()

    @property
    def host(self) -> str:
        with translated("name its host", self._connection.uri):
            return str(self._connection.handle().getHostname())

    def check(self, os: str | None, disk_gib: int | None = None) -> None:  # noqa: ARG002 - no disk holds anything
        """Raise unless the test driver answers."""
        with translated("answer", self._connection.uri):
            self._connection.handle().getLibVersion()

    def capacity(self) -> Capacity:
        """More than anybody buys: its machines are definitions, which take nothing."""
        return _BOUNDLESS

    def free_disk_gib(self) -> int:
        return _BOUNDLESS.disk_gib

    def has_disk(self, uuid: str) -> bool:  # noqa: ARG002 - no disk holds anything
        """Always: a machine that is missing is defined anew."""
        return True

    def subnet(self) -> str:
        return str(_SUBNET)

    def addresses_in_use(self) -> frozenset[str]:
        with translated("read its leases", self._connection.uri):
            return frozenset({_GATEWAY, *(host.get("ip", "") for host in dhcp_hosts(self._network()))})

    def ensure(self, spec: MachineSpec) -> Machine:
        with translated(f'bring machine "{spec.name}" to its specification', self._connection.uri):
            domain = self._domain(spec.uuid)
            if domain is None:
                return self._define(spec, "running")
            now = self._machine(domain, spec.uuid)
            target = _not_less(spec, now)
            if _has(now, target):
                return now
            self._remove_domain(domain)
            return self._define(target, now.power_state)

    def observe(self, uuid: str) -> Machine | None:
        with translated("look at a machine", self._connection.uri):
            domain = self._domain(uuid)
            return self._machine(domain, uuid) if domain is not None else None

    def set_power(self, spec: MachineSpec, state: PowerState) -> Machine:
        self.ensure(spec)
        with translated(f'make machine "{spec.name}" {state}', self._connection.uri):
            domain = self._domain(spec.uuid)
            _to_power_state(domain, state)
            return self._machine(domain, spec.uuid)

    def reinstall(self, spec: MachineSpec) -> Machine:
        """Define the machine again with the new system; there is nothing on its disk."""
        with translated(f'reinstall machine "{spec.name}"', self._connection.uri):
            domain = self._domain(spec.uuid)
            if domain is not None and definition(domain).os != spec.os:
                now = self._machine(domain, spec.uuid)
                self._remove_domain(domain)
                return self._define(_not_less(spec, now), now.power_state)
        return self.ensure(spec)

    def renew_seed(self, spec: MachineSpec) -> None:
        """Nothing: its machines have no guest."""

    def place_keys(self, spec: MachineSpec) -> str | None:  # noqa: ARG002 - there is no guest
        """Nothing: its machines have no guest that could be without a key."""
        return None

    def delete(self, uuid: str, addresses: Sequence[Address]) -> None:
        with translated("delete a machine", self._connection.uri):
            domain = self._domain(uuid)
            if domain is not None:
                self._remove_domain(domain)
            volume = self._find_volume(uuid)
            if volume is not None:
                volume.delete()
            leased = {host.get("mac") for host in dhcp_hosts(self._network())}
            for address in addresses:
                if address.mac in leased:
                    self._update_lease(libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE, address)

    # -- what the driver keeps -----------------------------------------------------------------------------
    def _domain(self, uuid: str) -> Any:
        return find_domain(self._connection.handle(), uuid)

    def _define(self, spec: MachineSpec, state: SeenPowerState) -> Machine:
        self._lease(spec.addresses)
        domain = self._connection.handle().defineXML(test_domain(spec, self._volume(spec)))
        _to_power_state(domain, state)
        return self._machine(domain, spec.uuid)

    def _remove_domain(self, domain: Any) -> None:
        if domain.isActive():
            domain.destroy()
        domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)

    def _machine(self, domain: Any, uuid: str) -> Machine:
        state = definition(domain)
        volume = self._find_volume(uuid)
        return Machine(
            uuid=uuid,
            power_state=power_state(domain),
            power_cause=power_cause(domain),
            vcpus=state.vcpus,
            memory_gib=state.memory_gib,
            disk_gib=volume.info()[1] // _GIB if volume is not None else 0,
            ipv4_addresses=len(state.macs),
            bandwidth_mbits=state.bandwidth_mbits,
            ceiling=state.ceiling,
        )

    def _pool(self) -> Any:
        """The pool, made by the first who needs it: this driver has none in a new process."""
        with self._making:
            return self._found_or_made_pool()

    def _found_or_made_pool(self) -> Any:
        handle = self._connection.handle()
        try:
            return handle.storagePoolLookupByName(POOL)
        except libvirt.libvirtError as error:
            if not absent(error):
                raise
        pool = handle.storagePoolDefineXML(
            f"<pool type='dir'><name>{POOL}</name><target><path>/{POOL}</path></target></pool>"
        )
        pool.create()
        return pool

    def _find_volume(self, uuid: str) -> Any:
        try:
            return self._pool().storageVolLookupByName(f"{uuid}.qcow2")
        except libvirt.libvirtError as error:
            if absent(error):
                return None
            raise

    def _volume(self, spec: MachineSpec) -> str:
        """The path of the machine's volume, in its size; the driver resizes none, so it is made anew."""
        volume = self._find_volume(spec.uuid)
        size = spec.characteristics.disk_gib
        if volume is not None and volume.info()[1] != size * _GIB:
            volume.delete()
            volume = None
        if volume is None:
            volume = self._pool().createXML(
                f"<volume><name>{spec.uuid}.qcow2</name><capacity unit='GiB'>{size}</capacity>"
                "<allocation>0</allocation><target><format type='qcow2'/></target></volume>"
            )
        return str(volume.path())

    def _network(self) -> Any:
        with self._making:
            return self._found_or_made_network()

    def _found_or_made_network(self) -> Any:
        handle = self._connection.handle()
        try:
            return handle.networkLookupByName(NETWORK)
        except libvirt.libvirtError as error:
            if not absent(error):
                raise
        network = handle.networkDefineXML(
            f"<network><name>{NETWORK}</name>"
            f"<ip address='{_GATEWAY}' netmask='{_SUBNET.netmask}'><dhcp/></ip></network>"
        )
        network.create()
        return network

    def _lease(self, addresses: Sequence[Address]) -> None:
        leased = {host.get("ip"): host.get("mac") for host in dhcp_hosts(self._network())}
        for address in addresses:
            if leased.get(address.ip, address.mac) != address.mac:
                raise DeliveryImpossibleError(f"The address {address.ip} is already reserved for another machine.")
            if address.ip not in leased:
                self._update_lease(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, address)

    def _update_lease(self, command: int, address: Address) -> None:
        # libvirt-python's order is command, section; -1 is "no parent element".
        self._network().update(
            command,
            libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST,
            -1,
            f"<host mac='{address.mac}' ip='{address.ip}'/>",
            libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE | libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG,
        )


def _not_less(spec: MachineSpec, now: Machine) -> MachineSpec:
    """What the machine has beyond the specification stays on it (N3)."""
    has = spec.characteristics.model_copy(
        update={"vcpus": now.vcpus, "memory_gib": now.memory_gib, "disk_gib": now.disk_gib}
    )
    return replace(spec, characteristics=raised(spec.characteristics, has))


def _has(now: Machine, spec: MachineSpec) -> bool:
    wanted = spec.characteristics
    return (now.vcpus, now.memory_gib, now.disk_gib, now.bandwidth_mbits, now.ipv4_addresses) == (
        wanted.vcpus,
        wanted.memory_gib,
        wanted.disk_gib,
        wanted.bandwidth_mbits,
        len(spec.addresses),
    )


def _to_power_state(domain: Any, state: SeenPowerState) -> None:
    """Bring a domain to a state; what was paused goes on."""
    if power_state(domain) == "paused":
        domain.resume()
    if state == power_state(domain):
        return
    if state == "off":
        if domain.hasManagedSaveImage():
            domain.managedSaveRemove()
        else:
            domain.destroy()
        return
    if not domain.isActive():
        domain.create()
    if state == "sleeping":
        domain.managedSave()
