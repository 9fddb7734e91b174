"""The way of resources through their lives: bought, cut short, finished, imported, refreshed, released, ended."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from provider.backend.port import Backend
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.pulumi.conftest import ORDER, RESOURCE, VPS
from tests.pulumi.host import UNKNOWN, CallFailedError, CheckFailedError, Host, Secret, State

WEB = {"name": "web", "offer": "vps-2"}


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> MemoryHypervisor:
    """A host of machines that can be told to fail."""
    made = MemoryHypervisor()
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda _uri, _home: made)
    return made


def disk(server: State, quantity: int = 50, **properties: Any) -> dict[str, Any]:
    return {"vpsId": server.outputs["serverId"], "type": "disk", "quantity": quantity, **properties}


# -- paid and not delivered ------------------------------------------------------------------------------------------


def test_n3_what_is_paid_and_not_delivered_keeps_its_state_and_the_next_up_finishes_it(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    wanted = {**WEB, "timeouts": {"create": "0s"}, "userData": Secret("#" * 100_000)}
    machines.down_after_change = True
    cut_short = host.up(VPS, wanted)
    assert cut_short.outputs["status"] == "provisioning"
    assert cut_short.outputs["charge"]["amount"] == "6.99"
    assert cut_short.outputs["userData"] == Secret("#" * 100_000)
    assert "is paid and not delivered yet" in cut_short.init_errors[0]
    machines.down_after_change = False
    preview = host.preview(VPS, wanted, cut_short)
    assert (preview.op, preview.outputs["status"]) == ("update", UNKNOWN)
    finished = host.up(VPS, wanted, cut_short)
    assert (finished.outputs["status"], finished.init_errors) == ("active", [])
    assert [order.status for order in backend.orders()] == ["active"]
    assert host.preview(VPS, wanted, finished).op == "same"


def test_n3_a_refresh_finishes_it_too_and_buys_nothing(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    machines.down_after_change = True
    cut_short = host.up(VPS, {**WEB, "timeouts": {"create": "0s"}})
    again = host.refresh(cut_short)
    assert again is not None
    assert again.outputs["status"] == "provisioning"
    assert again.init_errors
    machines.down_after_change = False
    finished = host.refresh(again)
    assert finished is not None
    assert (finished.outputs["status"], finished.init_errors) == ("active", [])
    assert len(backend.orders()) == 1


def test_n3_an_addition_that_is_cut_short_is_finished_in_the_same_way(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    server = host.up(VPS, WEB)
    machines.down_after_change = True
    cut_short = host.up(RESOURCE, disk(server, timeouts={"create": "0s"}))
    assert cut_short.outputs["status"] == "provisioning"
    assert cut_short.id == f"{server.id}/disk"
    machines.down_after_change = False
    finished = host.up(RESOURCE, disk(server, timeouts={"create": "0s"}), cut_short)
    assert finished.outputs["status"] == "active"
    assert len(backend.orders()) == 2


def test_an_improvement_that_is_cut_short_keeps_what_it_charged(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    server = host.up(VPS, WEB)
    machines.down_after_change = True
    better = {**WEB, "offer": "vps-4", "timeouts": {"update": "0s"}}
    cut_short = host.up(VPS, better, server)
    assert (cut_short.outputs["status"], cut_short.outputs["offer"]) == ("provisioning", "vps-4")
    machines.down_after_change = False
    assert host.up(VPS, {**WEB, "offer": "vps-4"}, cut_short).outputs["status"] == "active"
    assert len(backend.orders()) == 2


def test_n4_a_create_whose_state_was_lost_goes_on_while_it_is_not_delivered_and_is_adopted_afterwards(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    wanted = {**WEB, "timeouts": {"create": "0s"}}
    machines.down_after_change = True
    host.up(VPS, wanted)
    machines.down_after_change = False
    assert host.up(VPS, WEB).outputs["status"] == "active"
    assert len(backend.orders()) == 1
    assert len(host.log.texts("INFO")) == 1, "nothing is charged a second time, so it is not said either"
    with pytest.raises(CheckFailedError, match=r"(?s)rule N4.*pulumi import"):
        host.check(VPS, WEB)


def test_nothing_is_ordered_while_the_host_of_machines_is_down(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    machines.down = True
    with pytest.raises(CheckFailedError, match=r"Start it\."):
        host.preview(VPS, WEB)
    assert backend.orders() == []


def test_n5_a_declined_payment_is_an_error_that_changed_nothing(host: Host, backend: Backend) -> None:
    with pytest.raises(CallFailedError, match="rule N5") as declined:
        host.up(VPS, {**WEB, "paymentMethod": "test-declined"})
    assert declined.value.code == grpc.StatusCode.FAILED_PRECONDITION
    assert backend.server_named("web") is None
    assert host.up(VPS, WEB).outputs["status"] == "active"


def test_a_cancelled_run_begins_nothing_new(host: Host, backend: Backend) -> None:
    checked = host.check(VPS, WEB)
    host.cancel()
    with pytest.raises(CallFailedError, match="Stopped before this change was begun"):
        host.up(VPS, checked)
    assert backend.orders() == []
    host.handshake()
    assert host.up(VPS, checked).outputs["status"] == "active"


# -- imported and refreshed ------------------------------------------------------------------------------------------


def test_an_import_gives_inputs_that_change_nothing(host: Host) -> None:
    made = host.up(VPS, {**WEB, "labels": {"a": "b"}})
    imported = host.import_state(VPS, "web")
    assert imported.id == made.id
    assert imported.inputs["offer"] == "vps-2"
    assert "serverId" not in imported.inputs
    assert host.preview(VPS, imported.inputs, imported).op == "same"
    assert host.preview(VPS, WEB, imported).op == "same"


def test_what_only_a_program_can_say_is_no_difference_to_an_import(host: Host) -> None:
    host.up(VPS, WEB)
    imported = host.import_state(VPS, "web")
    said = {**WEB, "maxCharge": "50.00", "userData": "#cloud-config", "timeouts": {"create": "5m"}}
    assert host.preview(VPS, said, imported).op == "same"
    improved = host.up(VPS, {**said, "offer": "vps-4"}, imported)
    assert improved.outputs["maxCharge"] == "50.00"
    assert host.preview(VPS, {**said, "offer": "vps-4", "maxCharge": "60.00"}, improved).diffs == ["maxCharge"]


def test_an_order_and_an_addition_are_imported_by_their_natural_keys(host: Host) -> None:
    host.up(ORDER, {"name": "stock", "offer": "vps-2"})
    server = host.up(VPS, WEB)
    host.up(RESOURCE, disk(server))
    contract = host.import_state(ORDER, "stock")
    assert contract.id == contract.outputs["contractId"]
    assert host.import_state(ORDER, contract.id).outputs == contract.outputs
    addition = host.import_state(RESOURCE, "web/disk")
    assert addition.inputs == {"vpsId": server.id, "type": "disk", "quantity": 50}


def test_an_import_of_nothing_names_what_there_is(host: Host) -> None:
    host.up(VPS, WEB)
    with pytest.raises(CallFailedError, match=r"no server called \"ghost\" in this account. Servers: web"):
        host.import_state(VPS, "ghost")


def test_c3_after_a_refresh_an_improvement_elsewhere_cannot_be_pulled_back(host: Host) -> None:
    mine = host.up(VPS, WEB)
    elsewhere = host.import_state(VPS, "web")
    host.up(VPS, {**WEB, "offer": "vps-4"}, elsewhere)
    with pytest.raises(CheckFailedError, match="rule C3"):
        host.preview(VPS, WEB, mine)
    refreshed = host.refresh(mine)
    assert refreshed is not None
    assert (refreshed.inputs["offer"], refreshed.outputs["offer"]) == ("vps-4", "vps-4")
    assert refreshed.outputs["charge"] == mine.outputs["charge"]
    with pytest.raises(CheckFailedError, match="rule C3"):
        host.preview(VPS, WEB, refreshed)
    assert host.preview(VPS, {**WEB, "offer": "vps-4"}, refreshed).op == "same"


def test_l3_an_ended_server_is_gone_at_the_next_refresh_with_a_warning(host: Host, backend: Backend) -> None:
    state = host.up(VPS, WEB)
    backend.end_server(state.id)
    with pytest.raises(CallFailedError, match="rule L3"):
        host.preview(VPS, WEB, state)
    assert host.refresh(state) is None
    assert "buys a new, empty server" in host.log.texts("WARNING")[-1]


# -- additions, contracts, ends --------------------------------------------------------------------------------------


def test_an_addition_to_a_server_that_is_only_previewed_is_priced_by_its_known_id(host: Host, backend: Backend) -> None:
    server = host.preview(VPS, WEB)
    assert server.id == server.outputs["serverId"]
    added = host.preview(RESOURCE, {"vpsId": server.id, "type": "disk", "quantity": 50})
    assert added.outputs["charge"]["amount"] == "5.00"
    assert added.outputs["unitPrice"] == "0.10"
    assert backend.orders() == []


def test_p7_with_an_unknown_server_the_charge_is_unknown_and_said_to_be(host: Host) -> None:
    added = host.preview(RESOURCE, {"vpsId": UNKNOWN, "type": "disk", "quantity": 50})
    assert added.outputs["charge"] is UNKNOWN
    assert "is not known yet" in host.log.texts("INFO")[-1]


def test_c5_an_addition_grows_never_shrinks_and_is_only_released_at_its_end(host: Host, backend: Backend) -> None:
    server = host.up(VPS, WEB)
    state = host.up(RESOURCE, disk(server))
    grown = host.up(RESOURCE, disk(server, 80), state)
    assert grown.outputs["charge"]["amount"] == "3.00"
    with pytest.raises(CheckFailedError, match="rule C") as refused:
        host.preview(RESOURCE, disk(server, 50), grown)
    assert refused.value.failures[0][0] == "quantity"
    host.delete(grown)
    assert "stays on web" in host.log.texts("WARNING")[-1]
    view = backend.server_named("web")
    assert view is not None
    assert view.contract.contract.quantity("disk") == 80


def test_l5_a_server_on_a_contract_of_its_own_and_the_contract_outlives_it(host: Host, backend: Backend) -> None:
    bought = host.preview(ORDER, {"name": "stock", "offer": "vps-2"})
    assert host.preview(VPS, {"name": "web", "orderId": bought.outputs["contractId"]}).outputs["charge"] is None
    contract = host.up(ORDER, {"name": "stock", "offer": "vps-2"})
    server = host.up(VPS, {"name": "web", "orderId": contract.outputs["contractId"]})
    with pytest.raises(CallFailedError, match="web"):
        host.delete(contract)
    host.delete(server)
    assert backend.contract_named("stock") is not None
    host.delete(contract)
    assert backend.contract_named("stock") is None


def test_c9_a_name_cannot_be_changed(host: Host) -> None:
    state = host.up(VPS, WEB)
    with pytest.raises(CheckFailedError, match="rule C9") as refused:
        host.preview(VPS, {**WEB, "name": "other"}, state)
    assert refused.value.failures[0][0] == "name"


def test_c10_leaving_out_what_was_written_keeps_it(host: Host) -> None:
    state = host.up(VPS, {**WEB, "powerState": "off", "labels": {"a": "b"}})
    assert host.preview(VPS, WEB, state).op == "same"
    assert host.up(VPS, {**WEB, "termMonths": 3}, state).outputs["powerState"] == "off"


def test_c6_another_duration_is_a_free_update_with_a_notice(host: Host) -> None:
    state = host.up(VPS, WEB)
    preview = host.preview(VPS, {**WEB, "termMonths": 12}, state)
    assert preview.diffs == ["termMonths"]
    assert preview.outputs["charge"] == state.outputs["charge"]
    assert "rule C6" in host.log.texts("WARNING")[-1]


def test_labels_are_compared_key_by_key(host: Host) -> None:
    state = host.up(VPS, {**WEB, "labels": {"team": "blue", "old.key": "x", "same": "y"}})
    preview = host.preview(VPS, {**WEB, "labels": {"team": "red", "same": "y", "new": "z"}}, state)
    assert preview.diffs == ["labels"]
    assert preview.details == {"labels.team": "UPDATE", 'labels["old.key"]': "DELETE", "labels.new": "ADD"}


def test_the_option_custom_timeouts_counts_where_timeouts_say_nothing(
    machines: MemoryHypervisor, host: Host, backend: Backend
) -> None:
    machines.down_after_change = True
    state = host.up(VPS, WEB, timeout=0.1)
    assert state.outputs["status"] == "provisioning"
    assert "timeouts" not in state.outputs
