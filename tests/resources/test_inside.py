"""What a change does inside the installed system: said when planning, and again by the apply where it has to wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.backend.port import Backend
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.terraform.host import AnswerError, Host, Plan, State

ONE, TWO = "ssh-ed25519 AAAAone me", "ssh-ed25519 AAAAtwo me"
ABSENT = "no guest agent is connected"


@pytest.fixture
def machines(host: Host, home: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryHypervisor:
    """The host of the servers: one whose guests can be told to have no agent."""
    memory = MemoryHypervisor()
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda _uri, _home: memory)
    host.configure(home=str(home), libvirt_uri="qemu:///system", payment_method="test-visa")
    return memory


@pytest.fixture
def server(host: Host, machines: MemoryHypervisor) -> State:
    return host.create("qualit_vps", name="web", offer="vps-2", ssh_keys=[ONE])


def plan(host: Host, server: State, **attributes: object) -> Plan:
    values = {"name": "web", "offer": "vps-2", "ssh_keys": [ONE], **attributes}
    return host.plan("qualit_vps", host.config("qualit_vps", **values), server)


def keys_in(machines: MemoryHypervisor) -> list[str]:
    (keys,) = machines.keys.values()
    return list(keys)


def test_keys_change_in_the_running_system_without_a_word(
    host: Host, server: State, machines: MemoryHypervisor
) -> None:
    planned = plan(host, server, ssh_keys=[TWO])
    assert planned.warnings == []
    host.apply("qualit_vps", planned)
    assert host.warned == []
    assert keys_in(machines) == [TWO]


def test_without_an_agent_the_plan_says_that_keys_wait_and_the_apply_says_it_again(
    host: Host, server: State, machines: MemoryHypervisor
) -> None:
    machines.agent, machines.keys_wait = False, ABSENT
    planned = plan(host, server, ssh_keys=[TWO])
    (warning,) = planned.warnings
    assert warning.summary == "ssh_keys waits for the guest agent"
    assert "no guest agent (qemu-guest-agent) is connected in the system of web. They are placed" in warning.detail
    state = host.apply("qualit_vps", planned)
    (warning,) = host.warned
    assert "ssh_keys of web changed and are not in its system yet: no guest agent is connected. They" in warning.detail
    assert "qualit reconcile" in warning.detail
    assert "may still log in" in warning.detail
    assert [step.attribute_name for step in warning.attribute.steps] == ["ssh_keys"]
    assert keys_in(machines) == [ONE]
    again = plan(host, state, ssh_keys=[TWO])
    assert (again.planned, again.warnings) == (state.values, [])
    assert [spec.ssh_keys for spec in machines.renewed] == [(TWO,)], "the next installation has them"


def test_a_paid_improvement_goes_through_when_its_keys_cannot(
    host: Host, server: State, machines: MemoryHypervisor, backend: Backend
) -> None:
    machines.keys_wait = "its guest agent does not answer"
    state = host.apply("qualit_vps", plan(host, server, ssh_keys=[TWO], offer="vps-4"))
    assert [warning.summary for warning in host.warned] == ["ssh_keys waits for the guest agent"]
    assert state.values is not None
    assert (state.values["status"], state.values["ssh_keys"]) == ("active", [TWO])
    assert next(iter(machines.machines.values())).vcpus == 4


def test_keys_of_a_server_that_is_to_sleep_wait_until_it_runs(
    host: Host, server: State, machines: MemoryHypervisor
) -> None:
    (warning,) = plan(host, server, ssh_keys=[TWO], power_state="sleeping").warnings
    assert "the server is to be sleeping. They are placed" in warning.detail


def test_the_order_of_keys_is_no_change(host: Host, machines: MemoryHypervisor) -> None:
    server = host.create("qualit_vps", name="web", offer="vps-2", ssh_keys=[ONE, TWO])
    assert plan(host, server, ssh_keys=[TWO, ONE]).warnings == []


def test_a_host_that_does_not_answer_keeps_no_plan_from_being_made(
    host: Host, server: State, machines: MemoryHypervisor
) -> None:
    machines.down = True
    planned = plan(host, server, ssh_keys=[TWO])
    assert planned.warnings == []
    with pytest.raises(AnswerError):
        host.apply("qualit_vps", planned)
    assert keys_in(machines) == [ONE]


def test_a_new_name_waits_for_a_start_and_user_data_for_an_installation(host: Host, server: State) -> None:
    warnings = plan(host, server, hostname="shop", user_data="#!/bin/sh").warnings
    assert {warning.summary for warning in warnings} == {
        "hostname is used at the next start",
        "user_data is used at installation only",
    }


def test_a_new_system_has_everything_from_its_installation(host: Host, server: State) -> None:
    attributes = {"os": "ubuntu-24.04", "allow_reinstall": True, "ssh_keys": [TWO], "hostname": "shop"}
    summaries = [warning.summary for warning in plan(host, server, **attributes).warnings]
    assert summaries == ["The system disk of web is erased (rule C7)"]
