"""Machines that another hand changed, as `qualit servers` and `qualit status` show them (S7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provider.backend.port import PowerCause, SeenPowerState
from provider.commerce.policy import MachineFault
from tests.cli.tenant import Tenant

FOUND: list[tuple[SeenPowerState, PowerCause | None, str]] = [
    ("off", "shut-down", "Its system shut down"),
    ("off", None, "With power_state"),
    ("sleeping", None, "Its memory was saved on its host"),
    ("paused", "paused", "It was paused on its host"),
]


@pytest.mark.parametrize(("state", "cause", "says"), FOUND)
def test_s7_both_say_what_became_of_a_machine_and_what_brings_it_back(
    tenant: Tenant, state: SeenPowerState, cause: PowerCause | None, says: str
) -> None:
    (uuid,) = (tenant.buy().domain_uuid or "",)
    tenant.host.machines[uuid] = replace(tenant.host.machines[uuid], power_state=state, power_cause=cause)
    listed, status = tenant.run("servers"), tenant.run("status", "--exit-code")
    assert status.exit_code == 1
    for shown in (listed.out, status.out):
        assert f"web is {state} and was left running (rule S7)\n  " in shown
        assert says in shown
        assert "next apply" in shown
    (row,) = tenant.json("servers")
    assert (row["power_state"], row["wished_power_state"]) == (state, "running")
    (warning,) = tenant.json("status")["warnings"]
    assert warning["summary"] == f"web is {state} and was left running (rule S7)"


@pytest.mark.parametrize(
    ("state", "fault", "says"),
    [
        ("off", "crashed", "its QEMU crashed or was killed"),
        ("paused", "paused", "because its disk cannot be written: the host's storage is full"),
    ],
)
def test_n4_what_befell_a_machine_is_told_alone_with_who_mends_it(
    tenant: Tenant, state: SeenPowerState, fault: MachineFault, says: str
) -> None:
    (uuid,) = (tenant.buy().domain_uuid or "",)
    tenant.host.machines[uuid] = replace(tenant.host.machines[uuid], power_state=state, fault=fault)
    assert says in tenant.run("servers").out
    status = tenant.run("status", "--exit-code")
    assert status.exit_code == 1
    assert says in status.out
    assert "rule S7" not in status.out


def test_a_host_that_cannot_be_reached_is_something_wrong(tenant: Tenant) -> None:
    tenant.buy()
    tenant.host.down = True
    status = tenant.run("status", "--exit-code")
    assert status.exit_code == 1
    assert "The machines could not be looked at\n  The hypervisor cannot be reached: it does not answer" in status.out
    listed = tenant.run("servers")
    assert "their wished states are shown" in listed.err
    tenant.host.down = False
    assert tenant.run("status", "--exit-code").exit_code == 0
