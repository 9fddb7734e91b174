"""What plans say of improvements that a running server cannot take, and what applying them does (C1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.backend.port import Backend
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from tests.terraform.host import AnswerError, Host, Plan, State

LARGE = """\
  - id: vps-20
    characteristics: {vcpus: 20, memory_gib: 32, disk_gib: 400, ipv4_addresses: 1, bandwidth_mbits: 1000}
    monthly_price: 79.99
"""


@pytest.fixture
def server(host: Host) -> State:
    return host.create("qualit_vps", name="web", offer="vps-2")


@pytest.fixture
def later(host: Host, home: Path, server: State, tmp_path: Path) -> Host:
    """The host on the day that the catalogue has servers of 32 vCPUs; ``server`` is of the day before."""
    text = DEFAULT_CATALOGUE.read_text().replace("maximum: 15", "maximum: 30")
    text = text.replace("server_maximum: 16", "server_maximum: 32").replace("offers:\n", f"offers:\n{LARGE}")
    file = tmp_path / "later.yaml"
    file.write_text(text)
    host.configure(home=str(home), libvirt_uri="test:///default", payment_method="test-visa", catalogue=str(file))
    return host


def improve(host: Host, server: State, **attributes: object) -> Plan:
    return host.plan("qualit_vps", host.config("qualit_vps", name="web", **{"offer": "vps-20", **attributes}), server)


def add(host: Host, server: State, **attributes: object) -> Plan:
    assert server.values is not None
    values = {"vps_id": server.values["id"], "type": "vcpu", "quantity": 18, **attributes}
    return host.plan("qualit_resource", host.config("qualit_resource", **values))


def test_c1_an_offer_beyond_the_room_is_refused_when_planning_with_what_to_write(later: Host, server: State) -> None:
    for attributes in ({}, {"allow_restart": False}):
        with pytest.raises(AnswerError, match=r"Restart not allowed \(rule C1\)") as refused:
            improve(later, server, **attributes)
        text = str(refused.value)
        assert "web was started with room for 16 vCPUs and would have 20" in text
        assert "allow_restart = true" in text
        assert "Nothing was ordered" in text
        assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["offer"]


def test_c1_an_allowed_restart_is_announced_and_made(later: Host, server: State, backend: Backend) -> None:
    plan = improve(later, server, allow_restart=True)
    (warning,) = plan.warnings
    assert warning.summary == "web restarts (rule C1)"
    assert "asked to shut down and stopped if it does not" in warning.detail
    state = later.apply("qualit_vps", plan)
    assert state.values is not None
    assert (state.values["status"], state.values["power_state"]) == ("active", "running")
    view = backend.server(state.values["id"])
    assert view is not None
    assert (view.characteristics.vcpus, view.ceiling.vcpus) == (20, 32)
    again = improve(later, state, allow_restart=True)
    assert again.warnings == []


def test_c1_an_addition_may_restart_the_server_by_itself_or_because_the_server_may(later: Host, server: State) -> None:
    with pytest.raises(AnswerError, match=r"Restart not allowed \(rule C1\)") as refused:
        add(later, server)
    assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["quantity"]
    assert [w.summary for w in add(later, server, allow_restart=True).warnings] == ["web restarts (rule C1)"]
    allowed = later.apply("qualit_vps", improve(later, server, offer="vps-2", allow_restart=True))
    plan = add(later, allowed)
    assert [w.summary for w in plan.warnings] == ["web restarts (rule C1)"]
    with pytest.raises(AnswerError, match="rule C1"):
        add(later, allowed, allow_restart=False)
    state = later.apply("qualit_resource", plan)
    assert state.values is not None
    assert state.values["status"] == "active"


def test_c1_an_order_improves_the_server_that_runs_on_it_and_asks_for_its_restart(
    later: Host, backend: Backend
) -> None:
    stock = later.create("qualit_order", name="stock", offer="vps-2", os="freebsd-14")
    assert stock.values is not None
    later.create("qualit_vps", name="on-stock", order_id=stock.values["id"])
    config = {"name": "stock", "offer": "vps-4", "os": "freebsd-14"}
    with pytest.raises(AnswerError, match=r"on-stock has a system that takes no more vCPUs while it runs"):
        later.plan("qualit_order", later.config("qualit_order", **config), stock)
    plan = later.plan("qualit_order", later.config("qualit_order", **config, allow_restart=True), stock)
    assert [w.summary for w in plan.warnings] == ["on-stock restarts (rule C1)"]
    later.apply("qualit_order", plan)
    view = backend.server_named("on-stock")
    assert view is not None
    assert view.characteristics.vcpus == 4


def test_c1_a_server_that_is_off_needs_no_restart_and_one_that_sleeps_says_how_it_wakes(
    later: Host, server: State
) -> None:
    off = later.apply("qualit_vps", improve(later, server, offer="vps-2", power_state="off"))
    (warning,) = improve(later, off, power_state="off").warnings
    assert warning.summary == "web has it when it starts (rule C1)"
    asleep = later.apply("qualit_vps", improve(later, server, offer="vps-2", power_state="sleeping"))
    (warning,) = improve(later, asleep, power_state="sleeping", allow_restart=True).warnings
    assert "it is woken, shut down, enlarged, started and put to sleep again" in warning.detail
