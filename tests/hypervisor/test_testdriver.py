"""The hypervisor on libvirt's test driver: everything that works on a computer without QEMU."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provider.platform.hypervisor.connect import connect_hypervisor
from provider.platform.hypervisor.port import DeliveryImpossibleError, Hypervisor, Machine, MachineSpec
from tests.hypervisor.machines import CEILING, improved, machine_spec


@pytest.fixture
def host(tmp_path: Path) -> Hypervisor:
    return connect_hypervisor("test:///default", tmp_path)


@pytest.fixture
def spec(host: Hypervisor) -> Iterator[MachineSpec]:
    made = machine_spec("web", "10.69.0.10")
    yield made
    host.delete(made.uuid, made.addresses)


def test_a_machine_is_created_running_with_what_its_specification_says(host: Hypervisor, spec: MachineSpec) -> None:
    machine = host.ensure(spec)
    assert machine == Machine(spec.uuid, "running", 1, 2, 20, 1, 100, CEILING)
    assert host.observe(spec.uuid) == machine


def test_ensuring_again_changes_nothing(host: Hypervisor, spec: MachineSpec) -> None:
    assert host.ensure(spec) == host.ensure(spec)


def test_an_improvement_reaches_every_characteristic(host: Hypervisor, spec: MachineSpec) -> None:
    host.ensure(spec)
    better = improved(spec, "10.69.0.10", "10.69.0.11", vcpus=4, memory_gib=8, disk_gib=130, bandwidth_mbits=500)
    machine = host.ensure(better)
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (4, 8, 130)
    assert (machine.ipv4_addresses, machine.bandwidth_mbits) == (2, 500)
    host.delete(better.uuid, better.addresses)


def test_n3_what_a_machine_has_beyond_its_specification_stays_on_it(host: Hypervisor, spec: MachineSpec) -> None:
    host.ensure(improved(spec, vcpus=2, disk_gib=70))
    machine = host.ensure(improved(spec, memory_gib=4))
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (2, 4, 70)


@pytest.mark.parametrize("state", ["sleeping", "off", "running"])
def test_s7_a_machine_is_brought_to_a_power_state_and_back(host: Hypervisor, spec: MachineSpec, state: str) -> None:
    host.ensure(spec)
    assert host.set_power(spec, state).power_state == state  # type: ignore[arg-type]
    assert host.ensure(improved(spec, vcpus=2)).power_state == state
    assert host.set_power(spec, "running").power_state == "running"
    assert host.set_power(spec, "off").power_state == "off"
    assert host.set_power(spec, "sleeping").power_state == "sleeping"


def test_a_machine_that_the_driver_forgot_is_defined_again_when_it_is_woken(
    host: Hypervisor, spec: MachineSpec
) -> None:
    assert host.observe(spec.uuid) is None
    assert host.set_power(spec, "running").power_state == "running"


def test_c7_another_system_replaces_the_machine_and_keeps_its_power_state(host: Hypervisor, spec: MachineSpec) -> None:
    host.ensure(spec)
    host.set_power(spec, "off")
    machine = host.reinstall(replace(spec, os="ubuntu-24.04"))
    assert machine.power_state == "off"
    assert machine.disk_gib == 20


def test_a_lease_of_another_machine_is_not_taken_over(host: Hypervisor, spec: MachineSpec) -> None:
    host.ensure(spec)
    other = machine_spec("db", "10.69.0.10")
    other = replace(other, addresses=(replace(other.addresses[0], mac="52:54:00:00:00:99"),))
    with pytest.raises(DeliveryImpossibleError, match=r"10\.69\.0\.10"):
        host.ensure(other)
    assert host.observe(other.uuid) is None


def test_deleting_leaves_no_machine_and_no_lease_and_can_be_repeated(host: Hypervisor, spec: MachineSpec) -> None:
    host.ensure(spec)
    assert "10.69.0.10" in host.addresses_in_use()
    host.set_power(spec, "sleeping")
    host.delete(spec.uuid, spec.addresses)
    host.delete(spec.uuid, spec.addresses)
    assert host.observe(spec.uuid) is None
    assert "10.69.0.10" not in host.addresses_in_use()


def test_the_gateway_is_never_given_to_a_machine(host: Hypervisor) -> None:
    assert host.subnet() == "10.69.0.0/16"
    assert "10.69.0.1" in host.addresses_in_use()


def test_several_deletions_at_once_in_a_new_process_meet_no_half_made_pool(tmp_path: Path) -> None:
    script = """
import sys, threading, pathlib
from provider.platform.hypervisor.connect import connect_hypervisor
host = connect_hypervisor("test:///default", pathlib.Path(sys.argv[1]))
failed, together = [], threading.Barrier(8)
def delete(number):
    together.wait()
    try:
        host.delete(f"00000000-0000-4000-8000-{number:012}", ())
    except Exception as error:
        failed.append(error)
threads = [threading.Thread(target=delete, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit(str(failed) if failed else 0)
"""
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
