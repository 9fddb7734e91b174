"""N8: a card number in a Pulumi program is refused, and neither repeated nor named by its property."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from provider.pulumi.protocol import rpc
from tests.pulumi.conftest import ORDER, RESOURCE, VPS
from tests.pulumi.host import UNKNOWN, CallFailedError, CheckFailedError, Host, Output, Secret, to_struct

NUMBER = "5555 5555 5555 4444"
WEB = {"name": "web", "offer": "vps-2"}
ADDITION = {"vpsId": "vps-3f0c3f0c3f0c", "type": "disk", "quantity": 50}
CASES: list[tuple[str, dict[str, Any], str]] = [
    *(
        (VPS, {**WEB, name: NUMBER}, name)
        for name in ("name", "offer", "os", "hostname", "powerState", "maxCharge", "paymentMethod", "orderId")
    ),
    (VPS, {**WEB, "name": 5555555555554444}, "name"),
    (VPS, {**WEB, "termMonths": 5555555555554444}, "termMonths"),
    (VPS, {**WEB, "hostname": Secret(NUMBER)}, "hostname"),
    (VPS, {**WEB, "hostname": Output(NUMBER)}, "hostname"),
    (VPS, {**WEB, "labels": {NUMBER: "x"}}, "a key of labels"),
    (VPS, {**WEB, "labels": {"card": NUMBER}}, "labels"),
    (VPS, {**WEB, "timeouts": {"create": NUMBER}}, "timeouts"),
    (VPS, {**WEB, "card": NUMBER}, "card"),
    (VPS, {**WEB, NUMBER: "x"}, "the name of a property"),
    (ORDER, {**WEB, "name": NUMBER}, "name"),
    (RESOURCE, {**ADDITION, "vpsId": NUMBER}, "vpsId"),
    (RESOURCE, {**ADDITION, "type": NUMBER}, "type"),
]


def refused(call: Callable[[], object], where: str) -> None:
    with pytest.raises(CheckFailedError) as raised:
        call()
    ((name, reason),) = raised.value.failures
    assert name == "", "the engine prints the value of a property that a failure names"
    assert "5555" not in reason
    assert reason.startswith("A value looks like a card number (rule N8): ")
    assert f"{where} holds" in reason


@pytest.mark.parametrize(("type", "inputs", "where"), CASES)
def test_n8_a_card_number_is_refused_in_the_check(host: Host, type: str, inputs: dict[str, Any], where: str) -> None:
    refused(lambda: host.check(type, inputs), where)


def test_n8_a_card_number_that_comes_later_is_refused_when_it_is_known(host: Host) -> None:
    assert host.preview(VPS, {**WEB, "hostname": UNKNOWN}).op == "create"
    refused(lambda: host.up(VPS, {**WEB, "hostname": NUMBER}), "hostname")
    state = host.up(VPS, WEB)
    refused(lambda: host.up(VPS, {**WEB, "labels": {"card": NUMBER}}, state), "labels")
    assert host.invoke("qualit:index:getOrders")["orders"][0]["status"] == "active"


def test_n8_a_card_number_that_no_check_saw_is_refused_by_the_change_itself(host: Host) -> None:
    request = rpc.CreateRequest(
        urn=f"urn:pulumi:dev::shop::{VPS}::web", properties=to_struct({**WEB, "hostname": NUMBER})
    )
    with pytest.raises(CallFailedError, match="rule N8") as raised:
        host.call("Create", request)
    assert "5555" not in str(raised.value)


def test_n8_a_card_number_to_look_up_or_to_import_is_refused(host: Host) -> None:
    refused(lambda: host.invoke("qualit:index:getVps", name=NUMBER), "name")
    with pytest.raises(CallFailedError, match="the import id holds") as raised:
        host.import_state(VPS, NUMBER)
    assert "5555" not in str(raised.value)


@pytest.mark.parametrize("setting", ["home", "databaseUrl", "libvirtUri", "catalogue", "testClock", "paymentMethod"])
def test_n8_a_card_number_in_the_providers_configuration_is_refused(unconfigured: Host, setting: str) -> None:
    refused(lambda: unconfigured.configure(**{setting: NUMBER}), setting)
    with pytest.raises(CallFailedError, match="rule N8") as raised:
        unconfigured.call("Configure", rpc.ConfigureRequest(args=to_struct({setting: NUMBER})))
    assert "5555" not in str(raised.value)


def test_n8_a_card_number_in_the_environment_is_refused_by_the_variables_name(
    unconfigured: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALIT_PAYMENT_METHOD", NUMBER)
    with pytest.raises(CallFailedError, match="QUALIT_PAYMENT_METHOD") as raised:
        unconfigured.configure(libvirtUri="test:///default")
    assert "5555" not in str(raised.value)


def test_what_is_for_the_machine_alone_may_have_any_numbers(host: Host) -> None:
    state = host.up(VPS, {**WEB, "userData": f"# {NUMBER}", "sshKeys": ["ssh-rsa 5555555555554444"]})
    assert state.outputs["status"] == "active"
