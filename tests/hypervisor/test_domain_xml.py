"""The domain that is defined: what it reserves, and that libvirt's schema knows every element of it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from provider.platform.hypervisor.domain_state import read_domain
from provider.platform.hypervisor.domain_xml import DomainFiles, DomainType, domain_name, qemu_domain
from tests.hypervisor.machines import CEILING, improved, machine_spec

FILES = DomainFiles(system="/pool/system.qcow2", seed="/pool/seed.img", console_log="/pool/console.log")
SPEC = machine_spec("web", "10.69.0.10", "10.69.0.11", vcpus=2, memory_gib=4)


@pytest.mark.parametrize("domain_type", ["kvm", "qemu"])
def test_the_schema_of_libvirt_accepts_it(domain_type: DomainType, tmp_path: Path) -> None:
    file = tmp_path / "domain.xml"
    file.write_text(qemu_domain(SPEC, domain_type, FILES))
    done = subprocess.run(["virt-xml-validate", str(file), "domain"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


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
