"""A server's checks, previews and changes, as Pulumi's engine sees them."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from provider.backend.port import Backend
from provider.pulumi.server import planning
from tests.pulumi.conftest import VPS
from tests.pulumi.host import UNKNOWN, CallFailedError, CheckFailedError, Host


def web(**properties: Any) -> dict[str, Any]:
    return {"name": "web", "offer": "vps-2", **properties}


def test_p2_a_preview_shows_the_price_and_what_else_can_be_known(host: Host, backend: Backend) -> None:
    preview = host.preview(VPS, web(termMonths=3))
    assert preview.op == "create"
    outputs = preview.outputs
    assert outputs["charge"]["amount"] == "20.97"
    assert (outputs["monthlyPrice"], outputs["currency"]) == ("6.99", "EUR")
    assert outputs["characteristics"]["memoryGib"] == 4
    assert outputs["serverId"].startswith("vps-")
    assert {name for name, value in outputs.items() if value is UNKNOWN} == {"status", "ipv4Address", "paidUntil"}
    assert "Will charge 20.97 EUR now" in host.log.texts("INFO")[0]
    assert backend.orders() == []


def test_p5_an_up_charges_what_the_preview_showed_and_changes_nothing_the_next_time(
    host: Host, backend: Backend
) -> None:
    preview = host.preview(VPS, web())
    state = host.up(VPS, web())
    assert state.outputs["charge"] == preview.outputs["charge"]
    assert state.id == state.outputs["serverId"] == preview.outputs["serverId"]
    assert state.outputs["status"] == "active"
    assert len(backend.orders()) == 1
    assert host.preview(VPS, web(), state).op == "same"


def test_a_preview_shows_the_plan_that_was_checked_and_an_up_plans_anew(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Mock(wraps=planning.plan)
    monkeypatch.setattr(planning, "plan", plan)
    host.preview(VPS, web())
    assert plan.call_count == 1
    host.up(VPS, web())
    assert plan.call_count == 3


def test_c1_a_better_offer_is_an_update_in_place_with_its_price(host: Host, backend: Backend) -> None:
    state = host.up(VPS, web())
    preview = host.preview(VPS, web(offer="vps-4"), state)
    assert (preview.op, preview.details) == ("update", {"offer": "UPDATE"})
    assert preview.outputs["charge"]["amount"] == "7.00"
    improved = host.up(VPS, web(offer="vps-4"), state)
    assert improved.id == state.id
    assert improved.outputs["improvedFrom"] == "vps-2"
    server = backend.server_named("web")
    assert server is not None
    assert server.characteristics.vcpus == 4


def test_c2_a_downgrade_fails_the_check_on_the_offer_with_the_rule(host: Host) -> None:
    state = host.up(VPS, web(offer="vps-4"))
    with pytest.raises(CheckFailedError, match=r"rule C2") as refused:
        host.preview(VPS, web(), state)
    ((name, _),) = refused.value.failures
    assert name == "offer"


def test_c9_a_forced_replacement_is_refused_as_a_create_under_a_taken_name(host: Host) -> None:
    host.up(VPS, web())
    with pytest.raises(CheckFailedError, match="rule N4") as refused:
        host.check(VPS, web())
    assert refused.value.failures[0][0] == "name"


def test_c8_deletion_protection_refuses_a_delete_before_anything_stops(host: Host, backend: Backend) -> None:
    state = host.up(VPS, web(deletionProtection=True))
    with pytest.raises(CallFailedError, match="rule C8"):
        host.delete(state)
    server = backend.server_named("web")
    assert server is not None
    assert server.power_state == "running"
    released = host.up(VPS, web(deletionProtection=False), state)
    host.delete(released)
    assert backend.server_named("web") is None
