"""The provider's configuration and what can be looked up."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest

from provider.pulumi.protocol import rpc
from tests.pulumi.conftest import ORDER, VPS
from tests.pulumi.host import UNKNOWN, CallFailedError, CheckFailedError, Host, Secret, to_struct

WEB = {"name": "web", "offer": "vps-2"}


def test_a_setting_that_cannot_be_used_fails_on_itself(unconfigured: Host) -> None:
    with pytest.raises(CheckFailedError) as refused:
        unconfigured.configure(testClock="yesterday")
    ((name, reason),) = refused.value.failures
    assert name == "testClock"
    assert "not an instant with a time zone" in reason


def test_an_unknown_setting_fails_on_itself_and_the_engines_own_ones_do_not(unconfigured: Host, home: Path) -> None:
    with pytest.raises(CheckFailedError, match="Did you mean libvirtUri") as refused:
        unconfigured.configure(libvirt_uri="test:///default")
    assert refused.value.failures[0][0] == "libvirt_uri"
    unconfigured.configure(home=str(home), version="0.1.0", __internal={}, libvirtUri="test:///default")


def test_secret_settings_are_taken_and_unknown_ones_pass_the_check(unconfigured: Host, home: Path) -> None:
    request = rpc.CheckRequest(news=to_struct({"home": UNKNOWN, "testClock": UNKNOWN}))
    assert not unconfigured.call("CheckConfig", request).failures
    unconfigured.configure(home=Secret(str(home)), libvirtUri="test:///default")
    assert unconfigured.preview(VPS, {**WEB, "paymentMethod": "test-visa"}).op == "create"


def test_a_change_of_the_configuration_replaces_nothing(unconfigured: Host) -> None:
    request = rpc.DiffRequest(
        old_inputs=to_struct({"home": "/a", "catalogue": "x"}), news=to_struct({"home": "/b", "paymentMethod": "p"})
    )
    answer = unconfigured.call("DiffConfig", request)
    assert (answer.changes, list(answer.replaces)) == (answer.DIFF_SOME, [])
    assert list(answer.diffs) == sorted(answer.detailedDiff) == ["catalogue", "home", "paymentMethod"]


def test_without_a_configuration_nothing_is_planned(unconfigured: Host) -> None:
    with pytest.raises(CheckFailedError, match="The provider is not configured"):
        unconfigured.check(VPS, WEB)


def test_s5_without_a_means_of_payment_the_refusal_names_the_account(unconfigured: Host, home: Path) -> None:
    unconfigured.configure(home=str(home), libvirtUri="test:///default")
    with pytest.raises(CheckFailedError, match="rule S5") as refused:
        unconfigured.preview(VPS, WEB)
    assert refused.value.failures[0][0] == "paymentMethod"


def test_a_host_of_machines_that_is_not_there_is_said_before_anything_is_ordered(
    unconfigured: Host, home: Path
) -> None:
    unconfigured.configure(home=str(home), libvirtUri="test:///nowhere", paymentMethod="test-visa")
    with pytest.raises(CheckFailedError) as refused:
        unconfigured.preview(VPS, WEB)
    assert "test:///nowhere" in str(refused.value)


def test_functions_look_up_what_is_sold_and_what_there_is(host: Host) -> None:
    offers = host.invoke("qualit:index:getOffers")
    assert offers["currency"] == "EUR"
    assert offers["offers"][1]["characteristics"]["memoryGib"] == 4
    assert host.invoke("qualit:index:getOperatingSystems")["operatingSystems"][0]["id"] == "debian-12"
    disk = next(
        each
        for each in host.invoke("qualit:index:getAdditionalResources")["additionalResources"]
        if each["type"] == "disk"
    )
    assert (disk["unitPrice"], disk["serverMaximum"] > 0) == ("0.10", True)
    host.up(VPS, WEB)
    host.up(ORDER, {"name": "stock", "offer": "vps-2"})
    server = host.invoke("qualit:index:getVps", name="web")
    assert (server["status"], server["monthlyPrice"]) == ("active", "6.99")
    assert [each["server"] for each in host.invoke("qualit:index:getOrders")["orders"]] == ["web", "stock"]
    assert len(host.invoke("qualit:index:getOrders", server="stock")["orders"]) == 1


def test_a_look_up_of_nothing_fails_on_its_argument(host: Host) -> None:
    with pytest.raises(CheckFailedError, match="no server called") as refused:
        host.invoke("qualit:index:getVps", name="ghost")
    assert refused.value.failures[0][0] == "name"
    with pytest.raises(CheckFailedError, match="name is required"):
        host.invoke("qualit:index:getVps")


def test_what_the_provider_does_not_have_is_named(host: Host) -> None:
    with pytest.raises(CallFailedError, match="no qualit:index:getMoon") as refused:
        host.invoke("qualit:index:getMoon")
    assert refused.value.code == grpc.StatusCode.FAILED_PRECONDITION
    with pytest.raises(CallFailedError, match="no qualit:index:Moon"):
        host.check("qualit:index:Moon", {})


def test_the_type_is_taken_from_the_urn_where_an_engine_sends_none(host: Host) -> None:
    request = rpc.CheckRequest(urn=f"urn:pulumi:dev::shop::my:Component${VPS}::web", news=to_struct(WEB))
    assert not host.call("Check", request).failures
