"""N8: a card number in a Terraform configuration is refused, and neither repeated nor pointed at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provider.configuration import ENVIRONMENT
from provider.resources.model import UNKNOWN
from tests.terraform.host import AnswerError, Host

NUMBER = "4111 1111 1111 1111"
SERVER = {"name": "web", "offer": "vps-2"}
ADDITION = {"vps_id": "vps-3f0c3f0c3f0c", "type": "disk", "quantity": 50}
CASES: list[tuple[str, dict[str, Any], str]] = [
    *(
        ("qualit_vps", {**SERVER, name: NUMBER}, f"{name} holds")
        for name in ("name", "offer", "os", "hostname", "power_state", "max_charge", "payment_method", "order_id")
    ),
    ("qualit_vps", {**SERVER, "term_months": int(NUMBER.replace(" ", ""))}, "term_months holds"),
    ("qualit_vps", {**SERVER, "labels": {NUMBER: "x"}}, "a key of labels holds"),
    ("qualit_vps", {**SERVER, "labels": {"card": NUMBER}}, "labels holds"),
    ("qualit_vps", {**SERVER, "timeouts": {"create": NUMBER, "update": None}}, "timeouts.create holds"),
    *(("qualit_order", {**SERVER, name: NUMBER}, f"{name} holds") for name in ("name", "offer", "os")),
    *(("qualit_resource", {**ADDITION, name: NUMBER}, f"{name} holds") for name in ("vps_id", "type")),
    ("qualit_resource", {**ADDITION, "quantity": 4111111111111111}, "quantity holds"),
]


def refused(error: AnswerError, words: str) -> None:
    assert "1111" not in str(error)
    (one,) = error.errors
    assert one.summary == "A value looks like a card number (rule N8)"
    assert words in one.detail
    assert len(one.attribute.steps) == 0, "Terraform prints the source line of what is pointed at"


@pytest.mark.parametrize(("type_name", "values", "words"), CASES)
def test_n8_a_card_number_is_refused_when_validating(
    host: Host, type_name: str, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(AnswerError) as raised:
        host.call(
            "ValidateResourceConfig", type_name=type_name, config=host.out(type_name, _whole(host, type_name, values))
        )
    refused(raised.value, words)


@pytest.mark.parametrize(("type_name", "values", "words"), CASES)
def test_n8_a_card_number_that_was_not_known_when_validating_is_refused_when_planning(
    host: Host, type_name: str, values: dict[str, Any], words: str
) -> None:
    whole = host.out(type_name, _whole(host, type_name, values))
    with pytest.raises(AnswerError) as raised:
        host.call(
            "PlanResourceChange",
            type_name=type_name,
            prior_state=host.out(type_name, None),
            proposed_new_state=whole,
            config=whole,
        )
    refused(raised.value, words)


def test_n8_a_card_number_that_comes_with_the_apply_buys_nothing(host: Host) -> None:
    plan = host.plan("qualit_vps", host.config("qualit_vps", name="web", offer="vps-2", hostname=UNKNOWN))
    with pytest.raises(AnswerError) as raised:
        host.apply("qualit_vps", plan, hostname="4111-1111-1111-1111")
    refused(raised.value, "hostname")
    assert host.look_up("qualit_orders")["orders"] == []


def test_n8_a_card_number_to_look_up_or_to_import_is_refused(host: Host) -> None:
    with pytest.raises(AnswerError) as looked_up:
        host.look_up("qualit_vps", name=NUMBER)
    refused(looked_up.value, "name holds")
    for type_name in ("qualit_vps", "qualit_order", "qualit_resource"):
        with pytest.raises(AnswerError) as imported:
            host.import_state(type_name, NUMBER)
        refused(imported.value, "the import id")


def test_what_is_for_the_machine_alone_may_have_any_numbers(host: Host) -> None:
    state = host.create(
        "qualit_vps", **SERVER, user_data=f"#cloud-config\n# {NUMBER}", ssh_keys=["ssh-rsa 4111111111111111"]
    )
    assert state.values is not None
    assert state.values["status"] == "active"


@pytest.mark.parametrize("setting", sorted(ENVIRONMENT))
def test_n8_a_card_number_in_the_provider_block_is_refused_without_pointing_at_it(host: Host, setting: str) -> None:
    with pytest.raises(AnswerError) as raised:
        host.configure(**{setting: NUMBER})
    refused(raised.value, f"{setting} in the provider's configuration")


@pytest.mark.parametrize(("setting", "variable"), sorted(ENVIRONMENT.items()))
def test_n8_a_card_number_in_the_environment_is_refused_by_the_variables_name(
    host: Host, monkeypatch: pytest.MonkeyPatch, setting: str, variable: str
) -> None:
    monkeypatch.setenv(variable, NUMBER)
    with pytest.raises(AnswerError) as raised:
        host.configure()
    refused(raised.value, variable)


def test_the_provider_block_wins_over_a_card_number_that_is_not_used(
    host: Host, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALIT_PAYMENT_METHOD", NUMBER)
    host.configure(home=str(home), libvirt_uri="test:///default", payment_method="test-visa")


def _whole(host: Host, type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    return host.config(type_name, **values)
