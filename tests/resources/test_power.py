"""A machine that was changed behind its customer's back: what a refresh shows, a plan says and an apply does (S7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import libvirt
import pytest

from provider.backend.embedded import EmbeddedBackend
from provider.backend.port import PowerCause, RefusedError, UnavailableError
from provider.resources.model import UNKNOWN
from provider.resources.power import power_notice
from tests.terraform.host import Host, State


def web(host: Host, **attributes: object) -> dict[str, object]:
    return host.config("qualit_vps", **{"name": "web", "offer": "vps-2", **attributes})


@pytest.fixture
def machine(backend: EmbeddedBackend) -> Iterator[Callable[[], Any]]:
    """The domain of the server, as somebody with access to its host has it."""
    connection = libvirt.open("test:///default")

    def domain() -> Any:
        server = backend.server_named("web")
        assert server is not None
        return connection.lookupByUUIDString(server.domain_uuid)

    yield domain
    connection.close()


def refresh(host: Host, state: State) -> tuple[State, list[Any]]:
    """The refreshed state, and the warnings of the refresh."""
    answer = host.call(
        "ReadResource",
        type_name="qualit_vps",
        current_state=host.out("qualit_vps", state.values),
        private=state.private,
    )
    return host.refresh("qualit_vps", state), list(answer.diagnostics)


def refreshed(host: Host, state: State) -> tuple[object, list[Any]]:
    seen, warnings = refresh(host, state)
    return seen.values, warnings


BY_ANOTHER_HAND = [
    ("running", "destroy", "off", "as if its plug was pulled", "starts it again"),
    ("running", "shutdown", "off", "Its system shut down", "starts it again"),
    ("running", "managedSave", "sleeping", "Its memory was saved on its host", "wakes it"),
    ("running", "suspend", "paused", "It was paused on its host", "The next apply brings it back"),
    ("sleeping", "create", "running", "It was woken on its host", "puts it to sleep"),
    (
        "sleeping",
        "managedSaveRemove",
        "off",
        "saved of its memory is gone: its system starts afresh",
        "to sleep at once",
    ),
    ("off", "create", "running", "It was started on its host", "switches it off"),
]


@pytest.mark.parametrize(("left", "hand", "found", "why", "back"), BY_ANOTHER_HAND)
def test_s7_what_another_hand_did_is_read_told_planned_back_and_brought_back(
    host: Host, machine: Callable[[], Any], left: str, hand: str, found: str, why: str, back: str
) -> None:
    state = host.create("qualit_vps", **web(host, power_state=left))
    getattr(machine(), hand)()
    seen, warnings = refresh(host, state)
    assert seen.values is not None
    assert seen.values["power_state"] == found
    (warning,) = warnings
    assert warning.summary == f"web is {found} and was left {left} (rule S7)"
    assert why in warning.detail
    assert back in warning.detail
    plan = host.plan("qualit_vps", web(host, power_state=left), seen)
    assert plan.planned is not None
    assert {name for name, value in plan.planned.items() if value != seen.values[name]} == {"power_state"}
    brought = host.apply("qualit_vps", plan)
    assert brought.values == state.values
    assert refreshed(host, brought) == (brought.values, [])


@pytest.mark.parametrize("cause", sorted({*get_args(PowerCause)} - {"crashed", "disk-error"}))
def test_s7_every_cause_that_is_no_fault_is_said_in_a_sentence(
    host: Host, backend: EmbeddedBackend, cause: PowerCause
) -> None:
    host.create("qualit_vps", **web(host))
    server = backend.server_named("web")
    assert server is not None
    assert power_notice(server) == ()
    silent, told = (replace(server, power_state="off", power_cause=each) for each in (None, cause))
    (without,), (notice,) = power_notice(silent), power_notice(told)
    assert notice.detail.endswith(f" {without.detail}")


@pytest.mark.parametrize(("hand", "found"), [("destroy", "off"), ("managedSave", "sleeping")])
def test_c10_a_power_state_that_is_left_out_keeps_what_another_hand_did(
    host: Host, machine: Callable[[], Any], hand: str, found: str
) -> None:
    state = host.create("qualit_vps", **web(host))
    getattr(machine(), hand)()
    seen, (warning,) = refresh(host, state)
    assert "without power_state it stays as it is (rule C10)" in warning.detail
    assert seen.values is not None
    assert host.plan("qualit_vps", web(host), seen).planned == seen.values
    improved = host.apply("qualit_vps", host.plan("qualit_vps", web(host, offer="vps-4"), seen))
    assert improved.values is not None
    assert improved.values["power_state"] == found


def test_s7_nobody_keeps_a_server_paused_also_where_the_power_state_is_left_out(
    host: Host, machine: Callable[[], Any]
) -> None:
    state = host.create("qualit_vps", **web(host))
    machine().suspend()
    seen, _ = refresh(host, state)
    plan = host.plan("qualit_vps", web(host), seen)
    assert plan.planned is not None
    assert plan.planned["power_state"] == "running"
    assert host.apply("qualit_vps", plan).values == state.values
    assert machine().state()[0] == libvirt.VIR_DOMAIN_RUNNING


def test_s7_what_another_hand_did_becomes_the_wish_by_writing_it(
    host: Host, machine: Callable[[], Any], backend: EmbeddedBackend
) -> None:
    state = host.create("qualit_vps", **web(host))
    machine().destroy()
    seen, (warning,) = refresh(host, state)
    assert 'If it is to be off from now on, write power_state = "off"' in warning.detail
    plan = host.plan("qualit_vps", web(host, power_state="off"), seen)
    assert plan.planned is not None
    assert seen.values is not None
    assert {name for name, value in plan.planned.items() if value != seen.values[name]} == {"status"}
    assert plan.planned["status"] is UNKNOWN
    recorded = host.apply("qualit_vps", plan)
    assert recorded.values == seen.values
    server = backend.server_named("web")
    assert server is not None
    assert server.settings.power_state == "off"
    assert refreshed(host, recorded) == (recorded.values, [])
    assert host.plan("qualit_vps", web(host, power_state="off"), recorded).planned == recorded.values


def test_s7_a_machine_that_ends_while_its_improvement_is_applied_is_drift_and_no_error(
    host: Host, machine: Callable[[], Any]
) -> None:
    state = host.create("qualit_vps", **web(host))
    plan = host.plan("qualit_vps", web(host, offer="vps-4"), state)
    machine().destroy()
    improved = host.apply("qualit_vps", plan)
    assert improved.values is not None
    assert (improved.values["offer"], improved.values["power_state"]) == ("vps-4", "running")
    seen, (warning,) = refresh(host, improved)
    assert seen.values is not None
    assert seen.values["power_state"] == "off"
    assert "starts it again" in warning.detail


def test_a_host_that_cannot_be_reached_leaves_the_state_as_it_was_last_seen(
    host: Host, machine: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = host.create("qualit_vps", **web(host))
    machine().destroy()
    seen, _ = refresh(host, state)
    look = EmbeddedBackend.server

    def unreachable(backend: EmbeddedBackend, server_id: str, *, observe: bool = False) -> object:
        if observe:
            raise UnavailableError("The hypervisor cannot be reached", "The daemon is down. Start it.")
        return look(backend, server_id)

    monkeypatch.setattr(EmbeddedBackend, "server", unreachable)
    unseen, (warning,) = refresh(host, seen)
    assert unseen.values == seen.values
    assert warning.summary == "The machine of web could not be looked at"
    assert warning.detail == "The daemon is down. Start it. Its last known state is shown."


def test_s7_a_power_state_that_the_host_refuses_leaves_the_state_as_it_is(
    host: Host, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = host.create("qualit_vps", **web(host))

    def refuse(*_: object, **__: object) -> None:
        raise RefusedError("The hypervisor cannot do this", "Nothing was changed.")

    plan = host.plan("qualit_vps", web(host, power_state="sleeping"), state)
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedBackend, "configure_server", refuse)
        with pytest.raises(Exception, match="Nothing was changed"):
            host.apply("qualit_vps", plan)
    server = backend.server_named("web")
    assert server is not None
    assert server.settings.power_state == "running"


@pytest.mark.parametrize(
    ("state", "summary", "says"),
    [
        ("sleeping", "web has it when it wakes (rule C1)", "where it was and without a restart"),
        ("off", "web has it when it starts (rule C1)", "is off and stays off"),
    ],
)
def test_c1_a_plan_says_when_a_server_that_rests_has_its_improvement(
    host: Host, backend: EmbeddedBackend, state: str, summary: str, says: str
) -> None:
    resting = host.create("qualit_vps", **web(host, power_state=state))
    assert resting.values is not None
    better = host.plan("qualit_vps", web(host, offer="vps-4"), resting)
    added = host.plan(
        "qualit_resource", host.config("qualit_resource", vps_id=resting.values["id"], type="disk", quantity=50)
    )
    for plan, attribute in ((better, "offer"), (added, "quantity")):
        (warning,) = plan.warnings
        assert warning.summary == summary
        assert says in warning.detail
        assert [step.attribute_name for step in warning.attribute.steps] == [attribute]
    improved = host.apply("qualit_vps", better)
    assert improved.values is not None
    assert improved.values["power_state"] == state
    server = backend.server_named("web")
    assert server is not None
    assert server.characteristics.vcpus == 4
    assert host.plan("qualit_vps", web(host, offer="vps-4"), improved).warnings == []
