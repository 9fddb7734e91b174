"""The domain that is defined: what it reserves, and that libvirt's schema knows every element of it."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.catalogue import Characteristics
from provider.platform.hypervisor.domain_state import read_domain
from provider.platform.hypervisor.domain_xml import OWN_DEVICES, DomainFiles, DomainType, domain_name, qemu_domain
from provider.platform.hypervisor.port import MachineSpec
from tests.hypervisor.machines import CEILING, improved, machine_spec

FILES = DomainFiles(system="/pool/system.qcow2", seed="/pool/seed.img", console_log="/pool/console.log")
SPEC = machine_spec("web", "10.69.0.10", "10.69.0.11", vcpus=2, memory_gib=4)


def has(vcpus: int, memory_gib: int, ipv4_addresses: int = 1) -> Characteristics:
    return Characteristics(
        vcpus=vcpus, memory_gib=memory_gib, disk_gib=20, ipv4_addresses=ipv4_addresses, bandwidth_mbits=100
    )


VARIANTS = {
    "as sold": (SPEC, "qemu"),
    "with KVM": (SPEC, "kvm"),
    "one vCPU, no room": (replace(machine_spec("web", "10.69.0.10"), ceiling=has(1, 2)), "qemu"),
    "room for vCPUs alone": (replace(machine_spec("web", "10.69.0.10"), ceiling=has(64, 2)), "qemu"),
    "room for memory alone": (replace(machine_spec("web", "10.69.0.10"), ceiling=has(1, 4096)), "kvm"),
    "at its ceiling": (improved(SPEC, vcpus=16, memory_gib=64), "qemu"),
    "above its ceiling": (improved(SPEC, vcpus=20, memory_gib=70), "kvm"),
    "as many addresses as there are": (
        replace(machine_spec("web", *(f"10.69.0.{last}" for last in range(10, 70))), ceiling=has(4, 8, 64)),
        "qemu",
    ),
    "no address": (machine_spec("web"), "qemu"),
    "a name as long as can be": (machine_spec("w" * 63, "10.69.0.10"), "qemu"),
}


@pytest.mark.parametrize(("spec", "domain_type"), VARIANTS.values(), ids=VARIANTS.keys())
def test_the_schema_of_libvirt_accepts_it(spec: MachineSpec, domain_type: DomainType, tmp_path: Path) -> None:
    file = tmp_path / "domain.xml"
    file.write_text(qemu_domain(spec, domain_type, FILES))
    done = subprocess.run(["virt-xml-validate", str(file), "domain"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_of_libvirt_would_say_so_if_an_element_were_wrong(tmp_path: Path) -> None:
    file = tmp_path / "domain.xml"
    file.write_text(
        qemu_domain(SPEC, "qemu", FILES).replace("<features>", "<feature>").replace("</features>", "</feature>")
    )
    done = subprocess.run(["virt-xml-validate", str(file), "domain"], capture_output=True, text=True, check=False)
    assert done.returncode != 0


sizes = st.builds(has, st.integers(1, 64), st.integers(1, 512), st.integers(1, 64))


@given(sold=sizes, ceiling=sizes)
def test_c1_whatever_is_sold_there_is_room_for_the_whole_ceiling(
    sold: Characteristics, ceiling: Characteristics
) -> None:
    ips = [f"10.69.1.{last}" for last in range(sold.ipv4_addresses)]
    spec = replace(machine_spec("web", *ips), characteristics=sold, ceiling=ceiling)
    xml = qemu_domain(spec, "qemu", FILES)
    state, domain = read_domain(xml), ET.fromstring(xml)  # noqa: S314 - it is ours
    assert state is not None
    assert (state.vcpus, state.memory_gib, len(state.macs)) == (sold.vcpus, sold.memory_gib, sold.ipv4_addresses)
    assert state.vcpus_maximum == max(sold.vcpus, ceiling.vcpus)
    assert state.memory_maximum_gib == max(sold.memory_gib, ceiling.memory_gib)
    ports = len(domain.findall("devices/controller[@model='pcie-root-port']"))
    assert ports >= OWN_DEVICES + max(sold.ipv4_addresses, ceiling.ipv4_addresses)
    assert domain.findtext("maxMemory") == str(state.memory_maximum_gib)


def test_everything_that_growth_and_a_customer_need_is_there_from_the_start() -> None:
    domain = ET.fromstring(qemu_domain(SPEC, "qemu", FILES))  # noqa: S314 - it is ours
    for path in (
        "devices/disk/driver[@discard='unmap']",
        "devices/disk/target[@dev='vda'][@bus='virtio']",
        f"devices/disk/source[@file='{FILES.seed}']",
        "devices/channel/target[@name='org.qemu.guest_agent.0']",
        "devices/serial/log",
        "devices/rng/backend",
        "devices/memory[@model='virtio-mem']",
        "devices/memballoon[@autodeflate='off']",
        "cpu/numa/cell",
        "features/acpi",
    ):
        assert domain.find(path) is not None, path


def test_room_for_growth_is_reserved_from_the_first_boot() -> None:
    state = read_domain(qemu_domain(SPEC, "qemu", FILES))
    assert state is not None
    assert (state.vcpus, state.memory_gib, len(state.macs)) == (2, 4, 2)
    assert state.room == CEILING
    assert (state.os, state.system_disk) == ("debian-12", FILES.system)


def test_a_machine_at_its_ceiling_needs_no_device_to_grow() -> None:
    state = read_domain(qemu_domain(improved(SPEC, vcpus=16, memory_gib=64), "qemu", FILES))
    assert state is not None
    assert state.virtio_mem is None
    assert state.room == CEILING


def test_a_machine_above_the_ceiling_raises_it() -> None:
    state = read_domain(qemu_domain(improved(SPEC, vcpus=20, memory_gib=70), "qemu", FILES))
    assert state is not None
    assert (state.room.vcpus, state.room.memory_gib) == (20, 70)


def test_bandwidth_is_no_part_of_it_because_it_can_keep_a_machine_from_starting() -> None:
    assert "<bandwidth" not in qemu_domain(SPEC, "qemu", FILES)


def test_machines_of_one_name_in_two_homes_are_told_apart() -> None:
    twin = replace(SPEC, uuid="ffffff00-0000-4000-8000-000000000000")
    assert domain_name(SPEC) != domain_name(twin)
    assert domain_name(twin) == "qualit-web-ffffff"


def test_a_person_reads_whose_machine_it_is() -> None:
    assert "<title>Qual.IT server web</title>" in qemu_domain(SPEC, "qemu", FILES)


def test_a_domain_of_somebody_else_is_not_read_as_ours() -> None:
    assert read_domain("<domain type='qemu'><name>x</name><vcpu>1</vcpu></domain>") is None
