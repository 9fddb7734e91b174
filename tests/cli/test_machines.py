"""Machines that another hand changed, as `qualit servers` and `qualit status` show them (S7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provider.backend.port import PowerCause, SeenPowerState
from tests.cli.tenant import Tenant

FOUND: list[tuple[SeenPowerState, PowerCause | None, str]] = [
    ("off", "crashed", "It crashed: the process that runs it ended"),
    ("off", "shut-down", "Its system shut down"),
    ("off", None, "With power_state"),
    ("sleeping", None, "Its memory was saved on its host"),
    ("paused", "disk-error", "as when the host's storage is full"),
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
