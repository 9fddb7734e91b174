"""A host with QEMU behind libvirt: the hypervisor port. Opened by ``connect_hypervisor``.

Each public method looks first, so that it can be called again after it was cut off. Nothing about a machine is
remembered here: its domain, whose metadata has what the domain itself cannot tell, and its volumes are the truth.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import libvirt

from provider.backend.port import PowerState, SeenPowerState
from provider.platform.hypervisor import guest_agent, power
from provider.platform.hypervisor.capacity import HostCapacity
from provider.platform.hypervisor.connection import LibvirtConnection, translated
from provider.platform.hypervisor.domain_xml import DomainFiles, DomainType, qemu_domain, raised
from provider.platform.hypervisor.domains import definition, fault_of, find_domain, power_cause, power_state
from provider.platform.hypervisor.facts import HostFacts
from provider.platform.hypervisor.growth import disk_bytes, grow, grow_resting_disk, grow_running_disk
from provider.platform.hypervisor.guest_keys import GuestKeys
from provider.platform.hypervisor.images import Images
from provider.platform.hypervisor.installation import Installation, boots, console_name, refuse_small_disk, seed_name
from provider.platform.hypervisor.network import MachineNetwork
from provider.platform.hypervisor.port import (
    Address,
    Capacity,
    DeliveryImpossibleError,
    DiskLostError,
    Machine,
    MachineSpec,
)
from provider.platform.hypervisor.probe import bandwidth_works, kvm_boots
from provider.platform.hypervisor.volumes import GIB, Volumes

SHUTDOWN_SECONDS = 60.0
"""How long a guest may take to shut down before it is stopped."""
ENDING_SECONDS = 0.5
"""How long libvirt may take to see that a machine has ended."""
BOOT_SECONDS = 120.0
"""How long a reinstalled guest may take to read its kernel."""


class LibvirtHost:
    """One host.

    vCPUs, memory, disk and interfaces of a running machine are improved live. One that sleeps gets them in its
    definition and on its volume at once and in its memory when ``set_power`` wakes it. One that is off is defined
    anew, with all its memory present from the boot.
    """

    def __init__(
        self,
        connection: LibvirtConnection,
        home: Path,
        *,
        shutdown_seconds: float = SHUTDOWN_SECONDS,
        boot_seconds: float = BOOT_SECONDS,
    ) -> None:
        self._connection = connection
        self._uri = connection.uri
        self._volumes = Volumes(connection)
        self._images = Images(self._volumes)
        self._network = MachineNetwork(connection)
        self._room = HostCapacity(connection, self._volumes)
        self._installation = Installation(self._volumes)
        self._facts = HostFacts(connection, home)
        self._shutdown_seconds = shutdown_seconds
        self._boot_seconds = boot_seconds

    @property
    def host(self) -> str:
        with translated("name its host", self._uri):
            return str(self._connection.handle().getHostname())

    def check(self, os: str | None, disk_gib: int | None = None) -> None:
        with translated("answer", self._uri):
            self._connection.handle().getLibVersion()
            if os is not None:
                image = self._image(os)
                if disk_gib is not None:
                    refuse_small_disk(image, disk_gib)

    def capacity(self) -> Capacity:
        with translated("tell its capacity", self._uri):
            return self._room.total()

    def free_disk_gib(self) -> int:
        with translated("tell what is free", self._uri):
            return self._room.free_disk_gib()

    def has_disk(self, uuid: str) -> bool:
        with translated("look for a disk", self._uri):
            domain = self._find(uuid)
            if domain is not None:
                return self._has_its_disk(domain)
            return self._installation.has_system(uuid)

    def addresses_in_use(self) -> frozenset[str]:
        with translated("read its leases", self._uri):
            return self._network.addresses_in_use()

    def subnet(self) -> str:
        with translated("read its network", self._uri):
            return str(self._network.subnet())

    def ensure(self, spec: MachineSpec) -> Machine:
        with translated(f'bring machine "{spec.name}" to its specification', self._uri):
            domain = self._find(spec.uuid)
            self._room.refuse_beyond(spec)
            if spec.installed:
                self._refuse_without_disk(domain, spec)
            self._network.reserve(spec.addresses)
            if domain is None:
                domain = self._create(spec)
            else:
                self._improve(domain, spec)
            return self._machine(domain)

    def observe(self, uuid: str) -> Machine | None:
        with translated("look at a machine", self._uri):
            try:
                return self._seen(uuid)
            except libvirt.libvirtError:
                time.sleep(ENDING_SECONDS)  # It may just have ended: what is asked of its QEMU fails then.
                return self._seen(uuid)

    def set_power(self, spec: MachineSpec, state: PowerState) -> Machine:
        """As the port says; a machine that is started or woken is also brought to ``spec``."""
        with translated(f'make machine "{spec.name}" {state}', self._uri):
            domain = self._existing(spec)
            power.clear_crashed(domain)
            now = power_state(domain)
            if state == "off":
                if now != "off":
                    power.shut_down(domain, self._shutdown_seconds)
            elif state != now or state == "running":
                self._start(domain, spec)
                if state == "sleeping":
                    power.put_to_sleep(domain)
            return self._machine(domain)

    def reinstall(self, spec: MachineSpec) -> Machine:
        """As the port says, in the power state that it was in. A machine that has ``spec.os`` is left alone.

        The old volume is deleted only when the new one was seen to boot; if it does not, the old one comes back.

        Raises:
            DeliveryImpossibleError: there is no image, or it does not boot; the machine is as it was.
        """
        with translated(f'reinstall machine "{spec.name}"', self._uri):
            domain = self._existing(spec)
            before = definition(domain, persistent=True)
            if before.os == spec.os:
                self._installation.delete_other_systems(spec.uuid, before.system_disk)
                return self._machine(domain)
            image = self._image(spec.os)
            state = power_state(domain)
            size = -(-disk_bytes(domain) // GIB)
            power.shut_down(domain, self._shutdown_seconds)
            target = self._not_less(spec, domain)
            files = self._files(spec, self._installation.add_system(spec.uuid, before.system_disk, image, size))
            self._installation.replace_seed(spec)
            new = self._xml(target, files, domain.name())
            # The persistent definition is the old one until the new one was seen to boot.
            self._connection.handle().createXML(new)
            if not boots(domain, self._boot_seconds):
                power.stop(domain)
                self._to_state(domain, replace(target, os=before.os), state)
                raise DeliveryImpossibleError(
                    f'The image of "{spec.os}" on host {self.host} does not boot. The machine "{spec.name}" has its '
                    f'old system "{before.os}" and its old disk.'
                )
            self._connection.handle().defineXML(new)
            self._installation.delete_other_systems(spec.uuid, files.system)
            self._to_state(domain, target, state)
            return self._machine(domain)

    def renew_seed(self, spec: MachineSpec) -> None:
        """As the port says; the user data that the seed has stays in it."""
        with translated(f'renew the seed of machine "{spec.name}"', self._uri):
            self._installation.renew_seed(spec)

    def place_keys(self, spec: MachineSpec) -> str | None:
        with translated(f'place the keys of machine "{spec.name}"', self._uri):
            return guest_agent.place_keys(self._existing(spec), spec.login, spec.ssh_keys)

    def delete(self, uuid: str, addresses: Sequence[Address]) -> None:
        with translated("delete a machine", self._uri):
            domain = self._find(uuid)
            if domain is not None:
                definition(domain)  # one that is not ours is refused
                power.stop(domain)
                if domain.isPersistent():
                    domain.undefineFlags(
                        libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
                        | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
                        | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
                        | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
                    )
            for volume in self._volumes.machine_volumes(uuid):
                self._volumes.delete(volume)
            self._network.release(addresses)

    def console(self, uuid: str) -> str:
        """What the machine wrote to its serial console so far; shown where its boot has to be proved."""
        with translated("read a console", self._uri):
            return self._volumes.read(console_name(uuid)).decode(errors="replace")

    # -- steps ---------------------------------------------------------------------------------------------
    def _create(self, spec: MachineSpec) -> Any:
        """Start first and define then: a machine that never ran is not left behind as one that is switched off."""
        system = self._installation.system(spec, self._image(spec.os))
        self._installation.seed(spec)
        xml = self._xml(spec, self._files(spec, system))
        domain = self._connection.handle().createXML(xml)
        self._connection.handle().defineXML(xml)
        self._finish_start(domain, spec)
        return domain

    def _improve(self, domain: Any, spec: MachineSpec) -> None:
        """Bring an existing machine to the specification in the power state that it is in; the disk comes last."""
        if not domain.isPersistent():  # its creation was cut off between start and definition
            self._connection.handle().defineXML(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        power.clear_crashed(domain)
        state = power_state(domain)
        if state == "off":
            self._define(domain, self._not_less(spec, domain))
            self._grow_volume(domain, spec)
            return
        if state == "sleeping":
            grow(domain, spec, bandwidth=self.limits_bandwidth)
            self._grow_volume(domain, spec)
        elif self._finish_start(domain, spec):
            guest_agent.bring_online(domain, spec.characteristics.vcpus)

    def _start(self, domain: Any, spec: MachineSpec) -> None:
        self._network.reserve(spec.addresses)
        if power_state(domain) == "off":
            self._improve(domain, spec)
        wakes = power_state(domain) == "sleeping"
        power.start(domain)
        got_vcpus = self._finish_start(domain, spec)
        if wakes and (got_vcpus or not definition(domain).keys.are(spec.ssh_keys)):
            guest_agent.wait_for_agent(domain)
        if got_vcpus:
            guest_agent.bring_online(domain, spec.characteristics.vcpus)

    def _finish_start(self, domain: Any, spec: MachineSpec) -> bool:
        """What a machine gets as it runs; the disk, which can never be taken back, comes last.

        Returns whether it has got more vCPUs.
        """
        domain.setAutostart(1)
        got_vcpus = grow(domain, spec, bandwidth=self.limits_bandwidth)
        grow_running_disk(domain, spec.characteristics.disk_gib)
        return got_vcpus

    def _to_state(self, domain: Any, spec: MachineSpec, state: SeenPowerState) -> None:
        """Bring a machine back to the state that it was in; one that was paused goes on."""
        if state == "off":
            power.shut_down(domain, self._shutdown_seconds)
            return
        self._start(domain, spec)
        if state == "sleeping":
            power.put_to_sleep(domain)

    def _define(self, domain: Any, spec: MachineSpec) -> None:
        """Define a machine that is off anew, on its disk and with the keys that its guest has."""
        now = definition(domain)
        xml = self._xml(spec, self._files(spec, now.system_disk), domain.name(), now.keys)
        self._connection.handle().defineXML(xml)

    def _xml(
        self, spec: MachineSpec, files: DomainFiles, name: str | None = None, keys: GuestKeys | None = None
    ) -> str:
        """``name`` is what an existing domain is called; libvirt takes one under another name for another one."""
        return qemu_domain(spec, self._domain_type(spec.os), files, name=name, keys=keys)

    def _grow_volume(self, domain: Any, spec: MachineSpec) -> None:
        path = definition(domain, persistent=True).system_disk
        grow_resting_disk(self._connection.handle().storageVolLookupByPath(path), spec.characteristics.disk_gib)

    # -- reading -------------------------------------------------------------------------------------------
    def _find(self, uuid: str) -> Any:
        return find_domain(self._connection.handle(), uuid)

    def _existing(self, spec: MachineSpec) -> Any:
        domain = self._find(spec.uuid)
        if domain is None:
            raise DeliveryImpossibleError(
                f'The machine "{spec.name}" ({spec.uuid}) is not on host {self.host} any more. It was removed outside '
                "of Qual.IT; its volumes, if they are left, are used again when it is delivered anew."
            )
        return domain

    def _seen(self, uuid: str) -> Machine | None:
        domain = self._find(uuid)
        return self._machine(domain) if domain is not None else None

    def _machine(self, domain: Any) -> Machine:
        state = definition(domain)
        has_disk = self._volumes.has(PurePosixPath(state.system_disk).name)
        return Machine(
            uuid=str(domain.UUIDString()),
            power_state=power_state(domain),
            power_cause=power_cause(domain),
            vcpus=state.vcpus,
            memory_gib=state.memory_gib,
            disk_gib=disk_bytes(domain) // GIB if has_disk else 0,
            ipv4_addresses=len(state.macs),
            bandwidth_mbits=state.bandwidth_mbits,
            ceiling=state.room,
            fault=fault_of(domain) if has_disk else "diskless",
            guest_agent=state.agent_connected,
            keys_wait=not state.keys.settled,
        )

    def _has_its_disk(self, domain: Any) -> bool:
        return self._volumes.has(PurePosixPath(definition(domain).system_disk).name)

    def _refuse_without_disk(self, domain: Any, spec: MachineSpec) -> None:
        has_disk = self._installation.has_system(spec.uuid) if domain is None else self._has_its_disk(domain)
        if not has_disk:
            raise DiskLostError(
                f'The disk of "{spec.name}" ({spec.uuid}) is not in the storage pool of {self.host} any more: it was '
                "deleted outside of Qual.IT, or its storage is not there. No new, empty disk is put in its place"
            )

    def _not_less(self, spec: MachineSpec, domain: Any) -> MachineSpec:
        """What the machine has beyond the specification stays on it (N3)."""
        state = definition(domain, persistent=True)
        has = spec.characteristics.model_copy(update={"vcpus": state.vcpus, "memory_gib": state.memory_gib})
        return replace(spec, characteristics=raised(spec.characteristics, has))

    def _image(self, os: str) -> Any:
        image = self._images.newest(os)
        if image is None:
            raise DeliveryImpossibleError(
                f'The host {self.host} has no image of "{os}". Give it one, a bootable qcow2 file: '
                f"`qualit images import {os} FILE`."
            )
        return image

    @property
    def limits_bandwidth(self) -> bool:
        """Whether the host's kernel can; found out once."""
        return self._facts.find_out("bandwidth", lambda: bandwidth_works(self._connection))

    def _domain_type(self, os: str) -> DomainType:
        known = self._facts.known("kvm")
        image = self._images.newest(os) if known is None else None
        if image is not None:
            known = self._facts.find_out("kvm", lambda: kvm_boots(self._connection, self._volumes, image))
        return "kvm" if known else "qemu"

    def _files(self, spec: MachineSpec, system: str) -> DomainFiles:
        return DomainFiles(
            system=system,
            seed=self._volumes.path(seed_name(spec.uuid)),
            console_log=self._volumes.path(console_name(spec.uuid)),
        )
