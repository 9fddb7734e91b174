"""An additional resource's plans and applies, as Terraform sees them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import Backend
from provider.resources.model import UNKNOWN
from tests.terraform.host import AnswerError, Host, State


@pytest.fixture
def server(host: Host) -> str:
    state = host.create("qualit_vps", name="web", offer="vps-2")
    assert state.values is not None
    return str(state.values["id"])


def more(host: Host, vps_id: str, quantity: object, type_: str = "disk") -> dict[str, object]:
    return host.config("qualit_resource", vps_id=vps_id, type=type_, quantity=quantity)


def add(host: Host, vps_id: str, quantity: int, type_: str = "disk") -> State:
    return host.create("qualit_resource", vps_id=vps_id, type=type_, quantity=quantity)


def test_s2_an_addition_shows_its_unit_price_and_charges_it(host: Host, server: str, backend: Backend) -> None:
    state = add(host, server, 50)
    assert state.values is not None
    assert (state.values["unit_price"], state.values["monthly_price"]) == ("0.10", "5.00")
    assert state.values["charge"]["amount"] == "5.00"
    running = backend.server(server)
    assert running is not None
    assert running.characteristics.disk_gib == 90


def test_c5_what_is_no_id_of_a_server_is_refused_with_the_id_of_the_server_that_has_this_name(
    host: Host, server: str
) -> None:
    for written, named in (("web", f'vps_id = "{server}"'), ("ctr-000000000000", "qualit_vps.NAME.id.")):
        with pytest.raises(AnswerError, match="Not the id of a server") as refused:
            host.plan("qualit_resource", more(host, written, 50))
        assert named in str(refused.value)
        assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["vps_id"]


@pytest.mark.parametrize("method", ["test-expired", "sk_live_51HxYzAbCdEf"])
def test_s5_n8_a_means_of_payment_that_pays_nothing_now_is_checked_before_it_is_kept(
    host: Host, server: str, method: str
) -> None:
    state = add(host, server, 50)
    for prior in (None, state):
        with pytest.raises(AnswerError, match="rule S5") as refused:
            host.plan("qualit_resource", {**more(host, server, 50), "payment_method": method}, prior)
        assert "sk_live" not in str(refused.value)
    kept = host.plan("qualit_resource", {**more(host, server, 50), "payment_method": "test-amex"}, state)
    assert kept.planned is not None
    assert kept.planned["charge"] == (state.values or {})["charge"]


def test_n4_an_addition_of_another_home_is_not_taken_for_gone(host: Host, server: str, tmp_path: Path) -> None:
    state = add(host, server, 50)
    host.configure(home=str(tmp_path / "other"), libvirt_uri="test:///default", payment_method="test-visa")
    with pytest.raises(AnswerError, match=r"not known here \(rule N4\).*QUALIT_HOME"):
        host.refresh("qualit_resource", state)


@pytest.mark.parametrize("quantity", [Decimal("10.5"), Decimal("1e-30")])
def test_s2_a_part_of_a_unit_is_refused_on_the_quantity(host: Host, server: str, quantity: Decimal) -> None:
    with pytest.raises(AnswerError, match=r"Invalid quantity \(rule S2\).*whole number") as refused:
        host.plan("qualit_resource", more(host, server, quantity))
    assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["quantity"]


@pytest.mark.parametrize(("type_", "quantity"), [("vcpu", 2), ("memory", 4), ("ipv4", 1), ("bandwidth", 300)])
def test_s2_each_type_can_be_added(host: Host, server: str, type_: str, quantity: int) -> None:
    state = add(host, server, quantity, type_)
    assert state.values is not None
    assert len(state.values["addresses"]) == (quantity if type_ == "ipv4" else 0)
    again = host.plan("qualit_resource", more(host, server, quantity, type_), host.refresh("qualit_resource", state))
    assert again.planned == state.values


def test_p5_an_addition_to_a_planned_server_is_priced_with_its_duration(host: Host) -> None:
    for months, amount in ((1, "5.00"), (12, "60.00")):
        config = host.config("qualit_vps", name="web", offer="vps-2", term_months=months)
        planned = host.plan("qualit_vps", config).planned
        assert planned is not None
        addition = host.plan("qualit_resource", more(host, planned["id"], 50)).planned
        assert addition is not None
        assert addition["charge"]["amount"] == amount


def test_p7_an_unknown_server_leaves_the_price_unknown(host: Host, server: str) -> None:
    plan = host.plan("qualit_resource", more(host, UNKNOWN, 50))  # type: ignore[arg-type]
    assert plan.planned is not None
    assert plan.planned["charge"] is UNKNOWN
    state = host.apply("qualit_resource", plan, vps_id=server)
    assert state.values is not None
    assert state.values["charge"]["amount"] == "5.00"


def test_c5_less_is_refused_and_more_charges_the_difference(host: Host, server: str) -> None:
    state = add(host, server, 50)
    with pytest.raises(AnswerError, match="rule C2"):
        host.plan("qualit_resource", more(host, server, 20), state)
    grown = host.apply("qualit_resource", host.plan("qualit_resource", more(host, server, 80), state))
    assert grown.values is not None
    assert grown.values["charge"]["amount"] == "3.00"
    with pytest.raises(AnswerError, match="rule C3"):
        host.plan("qualit_resource", more(host, server, 50), grown)


def test_c5_a_released_addition_stays_and_is_adopted_free_with_the_same_quantity(
    host: Host, server: str, backend: Backend
) -> None:
    state = add(host, server, 50)
    released = host.plan("qualit_resource", None, state)
    assert any("rule C5" in warning.summary for warning in released.warnings)
    host.apply("qualit_resource", released)
    adopted = host.apply("qualit_resource", host.plan("qualit_resource", more(host, server, 50)))
    assert adopted.values is not None
    assert adopted.values["charge"] is None
    assert len(backend.payments()) == 2
    with pytest.raises(AnswerError, match="rule C2"):
        host.plan("qualit_resource", more(host, server, 20))


def test_c5_an_addition_cannot_move_and_keeps_its_type(host: Host, server: str) -> None:
    state = add(host, server, 50)
    other = host.create("qualit_vps", name="other", offer="vps-2")
    assert other.values is not None
    with pytest.raises(AnswerError, match="rule C5"):
        host.plan("qualit_resource", more(host, other.values["id"], 50), state)
    with pytest.raises(AnswerError, match="rule C5"):
        host.plan("qualit_resource", more(host, server, 50, "memory"), state)


def test_n4_an_addition_can_be_imported(host: Host, server: str) -> None:
    state = add(host, server, 50)
    for import_id in ("web/disk", f"{server}/disk"):
        imported = host.import_state("qualit_resource", import_id)
        assert imported.values is not None
        assert state.values is not None
        assert {**imported.values, "charge": state.values["charge"]} == state.values


def test_n6_two_plans_of_one_line_one_wins_and_the_other_is_told(host: Host, server: str, backend: Backend) -> None:
    state = host.refresh("qualit_resource", add(host, server, 20))
    first = host.plan("qualit_resource", more(host, server, 50), state)
    second = host.plan("qualit_resource", more(host, server, 80), state)
    host.apply("qualit_resource", first)
    with pytest.raises(AnswerError, match="rule N6"):
        host.apply("qualit_resource", second)
    assert len(backend.payments()) == 3


def test_n6_the_same_plan_applied_from_an_older_state_is_told_and_charges_once(
    host: Host, server: str, backend: Backend
) -> None:
    state = host.refresh("qualit_resource", add(host, server, 20))
    plan = host.plan("qualit_resource", more(host, server, 50), state)
    host.apply("qualit_resource", plan)
    with pytest.raises(AnswerError, match="rule N6"):
        host.apply("qualit_resource", plan)
    assert len(backend.payments()) == 3


def test_an_addition_that_was_enlarged_elsewhere_is_planned_as_it_is_where_nothing_was_read(
    host: Host, server: str
) -> None:
    state = add(host, server, 20)
    host.apply("qualit_resource", host.plan("qualit_resource", more(host, server, 50), state))
    host.apply("qualit_resource", host.plan("qualit_resource", more(host, server, 50), State(state.values)))


def test_n6_orders_of_different_lines_both_succeed(host: Host, server: str, backend: Backend) -> None:
    disk = host.plan("qualit_resource", more(host, server, 50))
    memory = host.plan("qualit_resource", more(host, server, 2, "memory"))
    host.apply("qualit_resource", disk)
    host.apply("qualit_resource", memory)
    assert len(backend.payments()) == 3


def test_c5_declaring_more_than_the_server_has_says_that_only_the_difference_is_charged(
    host: Host, server: str
) -> None:
    add(host, server, 50)
    again = host.plan("qualit_resource", more(host, server, 80))
    assert again.planned is not None
    assert again.planned["charge"]["amount"] == "3.00"
    assert any("rule C5" in warning.summary for warning in again.warnings)


def test_an_addition_to_no_server_orders_nothing(host: Host, backend: Backend) -> None:
    plan = host.plan("qualit_resource", more(host, "vps-000000000000", 50))
    with pytest.raises(AnswerError, match="Server not found"):
        host.apply("qualit_resource", plan)
    assert backend.orders() == []
