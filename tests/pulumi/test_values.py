"""Values as the engine wraps them, and problems on the property that they are found on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provider.pulumi import wire
from tests.pulumi.conftest import ORDER, RESOURCE, VPS
from tests.pulumi.host import UNKNOWN, CheckFailedError, Host, Output, Secret, from_struct, to_struct

WEB = {"name": "web", "offer": "vps-2"}


def failures(host: Host, inputs: dict[str, Any], type: str = VPS) -> list[tuple[str, str]]:
    with pytest.raises(CheckFailedError) as refused:
        host.check(type, inputs)
    return refused.value.failures


def test_checked_inputs_come_back_as_they_were_given(host: Host) -> None:
    inputs = {**WEB, "userData": Secret("#cloud-config"), "labels": {"team": Secret("blue")}, "__defaults": []}
    assert host.check(VPS, inputs) == inputs


def test_a_secret_is_used_and_marked_again_where_it_came_from(host: Host) -> None:
    inputs = {**WEB, "userData": "#cloud-config", "labels": {"team": Secret("blue"), "x": "y"}, "hostname": Secret("h")}
    state = host.up(VPS, inputs)
    assert state.outputs["labels"] == {"team": Secret("blue"), "x": "y"}
    assert state.outputs["hostname"] == Secret("h")
    assert state.outputs["userData"] == Secret("#cloud-config")
    refreshed = host.refresh(state)
    assert refreshed is not None
    assert (refreshed.outputs, refreshed.inputs) == (state.outputs, state.inputs)
    assert host.preview(VPS, inputs, state).op == "same"


def test_what_is_kept_by_leaving_it_out_stays_a_secret(host: Host) -> None:
    state = host.up(VPS, {**WEB, "labels": {"team": Secret("blue")}})
    kept = host.up(VPS, {**WEB, "termMonths": 3}, state)
    assert kept.outputs["labels"] == {"team": Secret("blue")}


def test_a_list_with_a_secret_in_it_is_a_secret_as_a_whole_because_its_order_may_change(host: Host) -> None:
    state = host.up(VPS, {**WEB, "sshKeys": ["ssh-ed25519 B b", Secret("ssh-ed25519 A a")]})
    assert state.outputs["sshKeys"] == Secret(["ssh-ed25519 A a", "ssh-ed25519 B b"])


def test_n8_a_secret_is_in_no_message(host: Host) -> None:
    found = failures(host, {**WEB, "offer": Secret("vps-hush")})
    assert found[0][0] == ""
    assert "[secret]" in found[0][1]
    assert "vps-hush" not in str(found)
    host.preview(VPS, {**WEB, "offer": Secret("vps-4")})
    assert "vps-4" not in str(host.log.messages)


@pytest.mark.parametrize(
    ("type", "inputs"),
    [
        (VPS, {"name": Secret("web"), "offer": "vps-2"}),
        (ORDER, {"name": Secret("web"), "offer": "vps-2"}),
        (RESOURCE, {"vpsId": Secret("vps-1"), "type": "disk", "quantity": 50}),
    ],
)
def test_n8_what_names_a_resource_cannot_be_a_secret(host: Host, type: str, inputs: dict[str, Any]) -> None:
    ((_, reason),) = failures(host, inputs, type)
    assert "A name cannot be a secret (rule N8)" in reason


def test_output_values_are_used_known_secret_and_unknown_ones(host: Host) -> None:
    inputs = {**WEB, "offer": Output("vps-2"), "hostname": Output("h", secret=True), "termMonths": Output()}
    preview = host.preview(VPS, inputs)
    assert preview.outputs["offer"] == "vps-2"
    assert preview.outputs["hostname"] == Secret("h")
    assert preview.outputs["termMonths"] is UNKNOWN
    assert preview.outputs["charge"] is UNKNOWN


@pytest.mark.parametrize("text", sorted(wire.UNKNOWN_TEXTS))
def test_every_unknown_value_is_unknown(host: Host, text: str) -> None:
    assert host.preview(VPS, {**WEB, "offer": text}).outputs["charge"] is UNKNOWN


def test_a_resource_reference_is_its_id_and_unknown_while_it_has_none(host: Host) -> None:
    server = host.up(VPS, WEB)
    reference = {wire.SIGNATURE: wire.RESOURCE, "urn": server.urn, "id": server.id}
    wanted = {"vpsId": reference, "type": "disk", "quantity": 50}
    assert host.preview(RESOURCE, wanted).outputs["charge"]["amount"] == "5.00"
    wanted["vpsId"] = {**reference, "id": ""}
    assert host.preview(RESOURCE, wanted).outputs["charge"] is UNKNOWN


def test_an_asset_is_refused_on_its_property(host: Host) -> None:
    asset = {wire.SIGNATURE: wire.ASSET, "path": "cloud.yaml", "hash": "", "text": "", "uri": ""}
    ((name, reason),) = failures(host, {**WEB, "userData": asset})
    assert name == "userData"
    assert "not an asset: read the file in your program" in reason
    archive = {wire.SIGNATURE: wire.ARCHIVE, "path": "folder", "hash": ""}
    assert "not an archive" in failures(host, {**WEB, "labels": archive})[0][1]


@pytest.mark.parametrize(
    ("wrong", "property", "said"),
    [
        ({"offer": 2}, "offer", "offer takes a string, not a number."),
        ({"termMonths": "3"}, "termMonths", "termMonths takes a whole number, not a string."),
        ({"termMonths": 1.5}, "termMonths", "termMonths takes a whole number, not 1.5."),
        ({"autoRenew": "yes"}, "autoRenew", "autoRenew takes true or false, not a string."),
        ({"sshKeys": "ssh-ed25519 A"}, "sshKeys", "sshKeys takes a list, not a string."),
        ({"sshKeys": ["a", 7]}, "sshKeys", "sshKeys[1] takes a string, not a number."),
        ({"labels": ["a"]}, "labels", "labels takes a map, not a list."),
        ({"labels": {"a": True}}, "labels", "labels.a takes a string, not true or false."),
        ({"timeouts": {"create": 10}}, "timeouts", "timeouts.create takes a string, not a number."),
        (
            {"timeouts": {"destroy": "1m"}},
            "timeouts",
            "timeouts has no property destroy; it has create, update.",
        ),
        ({"offer": None}, "offer", "No offer (rule S1)"),
        ({"name": None}, "name", "name is required."),
    ],
)
def test_a_wrong_type_is_refused_on_its_property(host: Host, wrong: dict[str, Any], property: str, said: str) -> None:
    ((name, reason),) = failures(host, {**WEB, **wrong})
    assert name == property
    assert said in reason


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ofer", "Did you mean offer?"),
        ("term_months", "Did you mean termMonths?"),
        ("charge", "It is an output: remove it from the inputs."),
        ("serverId", "cannot be set"),
        ("userDataWo", "set userData"),
    ],
)
def test_an_unknown_property_is_refused_on_itself(host: Host, given: str, said: str) -> None:
    ((name, reason),) = failures(host, {**WEB, given: "x"})
    assert name == given
    assert said in reason


def test_n8_an_unknown_property_with_a_secret_is_not_shown_with_its_value(host: Host) -> None:
    ((name, reason),) = failures(host, {**WEB, "pasword": {"deep": [Secret("hush")]}})
    assert name == ""
    assert "pasword cannot be set" in reason


def test_n8_a_card_number_is_refused_without_its_property_because_the_engine_prints_the_value(host: Host) -> None:
    ((name, reason),) = failures(host, {**WEB, "paymentMethod": "4242 4242 4242 4242"})
    assert name == ""
    assert "4242" not in reason


def test_messages_name_properties_as_pulumi_writes_them(host: Host) -> None:
    ((name, reason),) = failures(host, {**WEB, "maxCharge": "1.00"})
    assert name == "maxCharge"
    assert "maxCharge" in reason
    assert "max_charge" not in reason


def test_a_state_of_a_newer_provider_is_not_touched(host: Host, home: Path) -> None:
    state = host.up(VPS, WEB)
    state.outputs["__schemaVersion"] = 7
    for attempt in (lambda: host.diff(state, WEB), lambda: host.refresh(state), lambda: host.delete(state)):
        with pytest.raises(Exception, match="written by a newer provider"):
            attempt()


def test_what_a_state_has_too_much_is_dropped_and_what_it_lacks_is_null(host: Host) -> None:
    state = host.up(VPS, WEB)
    state.outputs["goneProperty"] = 1
    del state.outputs["ipv4Address"]
    assert host.preview(VPS, WEB, state).op == "same"


def test_a_struct_goes_there_and_back(host: Host) -> None:
    content = {"a": [1.0, None, {"b": Secret("c")}], "d": UNKNOWN, "e": True}
    assert from_struct(to_struct(content)) == content
