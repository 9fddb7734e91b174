"""The dynamic provider as Pulumi's engine uses it: check, diff, create, update, read, delete."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_qualit import _plugin
from pulumi_qualit._dynamic import AdditionalResourceProvider, Provider, VpsProvider
from pulumi_qualit._settings import ADOPT
from pulumi_qualit.errors import PluginError, QualitError
from tests.pulumi_package.conftest import Providers

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
WEB = {"name": "web", "offer": "vps-2", "termMonths": 3}


def checked(provider: Provider, news: dict[str, Any], olds: dict[str, Any] | None = None) -> dict[str, Any]:
    result = provider.check(olds or {}, news)
    assert [(failure.property, failure.reason) for failure in result.failures] == []
    return result.inputs


def created(provider: Provider, news: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The id, the inputs and the state of what was checked and created."""
    inputs = checked(provider, news)
    result = provider.create(inputs)
    assert result.outs is not None
    return result.id, inputs, result.outs


def reasons(provider: Provider, news: dict[str, Any], olds: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(failure.property, failure.reason) for failure in provider.check(olds or {}, news).failures]


def test_p5_a_check_adds_the_price_that_a_preview_shows_and_create_charges_it(vps: Provider) -> None:
    id_, inputs, state = created(vps, WEB)
    assert (inputs["monthlyPrice"], inputs["charge"]["amount"]) == ("6.99", "20.97")
    assert inputs["characteristics"]["vcpus"] == 2
    assert state["charge"] == inputs["charge"]
    assert id_ == inputs["serverId"] == state["serverId"]
    assert "ipv4Address" not in inputs
    assert state["ipv4Address"]


def test_an_addition_to_a_server_that_is_only_planned_is_priced(vps: Provider, addition: Provider) -> None:
    planned = checked(vps, WEB)
    disk = checked(addition, {"vpsId": planned["serverId"], "type": "disk", "quantity": 20})
    assert disk["charge"]["amount"] == "6.00"


def test_p7_a_price_that_cannot_be_known_is_unknown(addition: Provider) -> None:
    disk = checked(addition, {"vpsId": UNKNOWN, "type": "disk", "quantity": 20})
    assert disk["charge"] == UNKNOWN
    assert disk["unitPrice"] in ("0.10", UNKNOWN)


def test_c3_a_temporary_change_is_a_failure_of_the_check(vps: Provider) -> None:
    id_, inputs, state = created(vps, WEB)
    better = checked(vps, {**WEB, "offer": "vps-4"}, inputs)
    assert better["charge"]["amount"] == "21.00"
    assert vps.diff(id_, state, better).changes
    improved = vps.update(id_, state, better).outs
    assert improved is not None
    assert improved["characteristics"]["vcpus"] == 4
    [(property_, reason)] = reasons(vps, WEB, better)
    assert property_ == "offer"
    assert "rule C3" in reason


def test_nothing_changes_where_nothing_was_changed(vps: Provider) -> None:
    id_, inputs, state = created(vps, WEB)
    again = checked(vps, WEB, inputs)
    assert again == inputs
    answer = vps.diff(id_, state, again)
    assert (answer.changes, answer.replaces) == (False, [])


def test_c10_leaving_an_input_out_keeps_its_value(vps: Provider) -> None:
    id_, inputs, state = created(vps, {**WEB, "powerState": "sleeping"})
    assert state["powerState"] == "sleeping"
    without = checked(vps, WEB, inputs)
    assert vps.diff(id_, state, without).changes is False


def test_n4_a_name_that_is_taken_is_refused(vps: Provider) -> None:
    created(vps, WEB)
    [(property_, reason)] = reasons(vps, WEB)
    assert property_ == "name"
    assert "rule N4" in reason


def test_what_exists_is_imported_and_nothing_is_bought(vps: Provider) -> None:
    id_, _, _ = created(vps, WEB)
    inputs = checked(vps, {**WEB, ADOPT: "web"})
    assert "charge" not in inputs
    adopted = vps.create(inputs)
    assert adopted.id == id_
    assert adopted.outs is not None
    again = checked(vps, {**WEB, ADOPT: "web"}, inputs)
    assert vps.diff(id_, adopted.outs, again).changes is False


def test_an_import_changes_nothing(vps: Provider) -> None:
    created(vps, WEB)
    assert [name for name, _ in reasons(vps, {**WEB, "offer": "vps-4", ADOPT: "web"})] == ["offer"]
    with pytest.raises(QualitError, match="not found"):
        vps.check({}, {**WEB, ADOPT: "nobody"})


def test_what_is_still_declared_is_not_ended(vps: Provider, providers: Providers) -> None:
    id_, _, state = created(vps, WEB)
    with pytest.raises(QualitError, match="pulumi state delete"):
        vps.delete(id_, state)
    providers(VpsProvider).delete(id_, state)
    assert providers(VpsProvider).read(id_, state).id == ""


def test_c8_a_protected_server_is_not_ended(vps: Provider, providers: Providers) -> None:
    id_, _, state = created(vps, {**WEB, "deletionProtection": True})
    with pytest.raises(QualitError, match="rule C8"):
        providers(VpsProvider).delete(id_, state)


def test_a_read_gives_the_present_state(vps: Provider) -> None:
    id_, _, state = created(vps, WEB)
    found = vps.read(id_, state)
    assert (found.id, found.outs) == (id_, state)


def test_a_server_runs_on_a_contract_of_its_own(order: Provider, vps: Provider) -> None:
    contract, _, bought = created(order, {"name": "annual", "offer": "vps-2", "termMonths": 12})
    assert bought["contractId"] == contract
    assert bought["charge"]["amount"] == "83.88"
    _, inputs, _ = created(vps, {"name": "web", "orderId": contract})
    assert "charge" not in inputs


@pytest.mark.parametrize(
    ("news", "property_", "said"),
    [
        ({"name": "web", "offer": 5}, "offer", "takes a string, not a number"),
        ({"name": "web", "ofer": "vps-2"}, "ofer", "Did you mean offer"),
        ({"offer": "vps-2"}, "name", "name is required"),
        ({"name": "web", "offer": "vps-3"}, "offer", "vps-3"),
        ({"name": "web", "offer": "vps-2", "termMonths": 2}, "termMonths", "rule S4"),
        ({"name": "web", "offer": "vps-2", "maxCharge": "5.00"}, "maxCharge", "rule P7"),
        ({"name": "web", "offer": "vps-2", "charge": {}}, "charge", "It is an output"),
    ],
)
def test_bad_input_is_refused_on_its_property(vps: Provider, news: dict[str, Any], property_: str, said: str) -> None:
    found = dict(reasons(vps, news))
    assert said in found[property_]


def test_a_configuration_that_is_not_known_is_refused(settings: dict[str, str], providers: Providers) -> None:
    settings["qualit:hom"] = "elsewhere"
    del settings["qualit:home"]
    with pytest.raises(QualitError, match=r"qualit:hom: .*Did you mean home"):
        providers(VpsProvider).check({}, WEB)


def test_a_plugin_that_dies_is_a_clear_error_and_nothing_is_lost(vps: Provider, providers: Providers) -> None:
    inputs = checked(vps, WEB)
    assert _plugin._shared is not None
    os.kill(_plugin._shared._process.pid, signal.SIGKILL)
    with pytest.raises(PluginError, match=r"ended \(exit status -9\) during create of qualit:index:Vps web.*twice"):
        vps.create(inputs)


def test_many_operations_at_once_share_one_plugin(vps: Provider, providers: Providers) -> None:
    names = [f"web-{number}" for number in range(6)]

    def buy(name: str) -> str:
        return created(vps, {**WEB, "name": name})[2]["status"]  # type: ignore[no-any-return]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(buy, names)) == ["active"] * 6
    first = _plugin._shared
    created(providers(AdditionalResourceProvider), {"vpsId": vps.read("web-0", {}).id, "type": "ipv4", "quantity": 1})
    assert _plugin._shared is first
