"""The list of hosts: which can install a system, and which one a server's record names."""

from __future__ import annotations

import pytest

from provider.platform.hypervisor.hosts import Hosts
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError, UnlistedHostError
from tests.hypervisor.machines import machine_spec
from tests.platform.memory_hypervisor import MemoryHypervisor


@pytest.fixture
def alpha() -> MemoryHypervisor:
    return MemoryHypervisor("alpha")


@pytest.fixture
def beta() -> MemoryHypervisor:
    return MemoryHypervisor("beta")


@pytest.fixture
def hosts(alpha: MemoryHypervisor, beta: MemoryHypervisor) -> Hosts:
    return Hosts(("alpha", "beta"), {"alpha": alpha, "beta": beta}.__getitem__)


def test_a_server_is_on_the_host_that_its_record_names(
    hosts: Hosts, alpha: MemoryHypervisor, beta: MemoryHypervisor
) -> None:
    assert hosts.of("alpha", "uuid", "web") is alpha
    alpha.down = True
    assert hosts.of("beta", "uuid", "web") is beta
    assert hosts.of(None, "uuid", "web") is alpha, "placed when there was one host"


def test_a_copy_of_a_machine_on_another_host_is_not_taken_for_it(
    hosts: Hosts, alpha: MemoryHypervisor, beta: MemoryHypervisor
) -> None:
    spec = machine_spec("web")
    alpha.ensure(spec)
    assert hosts.of("beta", spec.uuid, "web") is beta


def test_a_host_that_was_renamed_is_known_by_the_machine_on_it(hosts: Hosts, beta: MemoryHypervisor) -> None:
    spec = machine_spec("web")
    beta.ensure(spec)
    assert hosts.of("its-old-name", spec.uuid, "web") is beta


def test_a_host_that_is_not_in_the_list_is_named_with_the_server(hosts: Hosts) -> None:
    with pytest.raises(
        UnlistedHostError, match=r'server web is recorded on the host "gamma", .* alpha, beta'
    ) as raised:
        hosts.of("gamma", "uuid", "web")
    assert "QUALIT_LIBVIRT_URI" in raised.value.remedy


def test_a_host_that_does_not_answer_may_be_the_one(hosts: Hosts, alpha: MemoryHypervisor) -> None:
    def unreachable(_uri: str) -> MemoryHypervisor:
        raise HypervisorUnavailableError("it does not answer", "Start it.")

    with pytest.raises(HypervisorUnavailableError, match="does not answer") as raised:
        Hosts(("alpha",), unreachable).of("gamma", "uuid", "web")
    assert not isinstance(raised.value, UnlistedHostError)


def test_a_machine_of_no_record_is_looked_for_on_every_host(hosts: Hosts, beta: MemoryHypervisor) -> None:
    spec = machine_spec("web")
    beta.ensure(spec)
    assert hosts.having(spec.uuid) is beta


def test_the_hosts_that_can_install_a_system_are_enough(
    hosts: Hosts, alpha: MemoryHypervisor, beta: MemoryHypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_image(os: str | None, disk_gib: int | None = None) -> None:
        if os is not None:
            raise DeliveryImpossibleError(f"no image of {os}")

    monkeypatch.setattr(alpha, "check", without_image)
    assert hosts.able("debian-12") == [beta]
    assert hosts.able(None) == [alpha, beta]
    beta.down = True
    with pytest.raises(DeliveryImpossibleError, match="no image of debian-12"):
        hosts.able("debian-12")


def test_a_host_is_connected_once_and_only_when_it_is_needed(alpha: MemoryHypervisor) -> None:
    connected: list[str] = []

    def connect(uri: str) -> MemoryHypervisor:
        connected.append(uri)
        return alpha

    hosts = Hosts(("one",), connect)
    assert connected == []
    for _ in range(3):
        hosts.able(None)
    assert connected == ["one"]
