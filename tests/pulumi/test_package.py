"""The package's schema: what SDKs and documentation are made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from provider import __version__
from provider.pulumi.protocol import rpc
from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED
from tests.pulumi.conftest import ORDER, RESOURCE, VPS
from tests.pulumi.host import CallFailedError, Host


@pytest.fixture
def schema(unconfigured: Host) -> dict[str, Any]:
    answer = unconfigured.call("GetSchema", rpc.GetSchemaRequest())
    found: dict[str, Any] = json.loads(answer.schema)
    return found


def everything(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        for part in value.values():
            yield from everything(part)
    if isinstance(value, list):
        for part in value:
            yield from everything(part)


def test_it_has_the_resources_and_the_functions(schema: dict[str, Any]) -> None:
    assert (schema["name"], schema["version"]) == ("qualit", __version__)
    assert set(schema["resources"]) == {VPS, ORDER, RESOURCE}
    functions = ("Catalogue", "Offers", "OperatingSystems", "AdditionalResources", "Price", "Vps", "Orders")
    computed = {"qualit:index:monthlyPrice", "qualit:index:isImprovement", "qualit:index:cheapestOffer"}
    assert set(schema["functions"]) == {f"qualit:index:get{name}" for name in functions} | computed
    assert len(schema["resources"]) == len(MANAGED)
    assert len(schema["functions"]) == len(DATA_SOURCES) + len(FUNCTIONS)


def test_every_reference_is_to_a_type_that_is_there(schema: dict[str, Any]) -> None:
    references = [part["$ref"] for part in everything(schema) if isinstance(part, dict) and "$ref" in part]
    assert references
    for reference in references:
        assert reference.removeprefix("#/types/") in schema["types"]


def test_every_property_has_a_description_in_pulumis_names(schema: dict[str, Any]) -> None:
    described = [
        (name, text)
        for part in everything(schema)
        if isinstance(part, dict) and isinstance(part.get("properties"), dict)
        for name, prop in part["properties"].items()
        for text in [prop["description"]]
    ]
    assert len(described) > 100
    for name, text in described:
        assert text.endswith("."), name
        assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), text


def test_closed_lists_are_enums(schema: dict[str, Any]) -> None:
    enums = {
        token.rpartition(":")[2]: [each["value"] for each in type_["enum"]]
        for token, type_ in schema["types"].items()
        if "enum" in type_
    }
    assert enums == {
        "Duration": [1, 3, 6, 12],
        "PowerState": ["running", "sleeping", "off"],
        "ResourceType": ["vcpu", "memory", "disk", "ipv4", "bandwidth"],
        "PaymentBrand": ["visa", "mastercard", "amex", "paypal"],
    }
    inputs = schema["resources"][VPS]["inputProperties"]
    assert inputs["termMonths"]["$ref"] == "#/types/qualit:index:Duration"
    assert schema["resources"][RESOURCE]["inputProperties"]["type"]["$ref"] == "#/types/qualit:index:ResourceType"


def test_what_pulumi_keeps_for_itself_is_no_property(schema: dict[str, Any]) -> None:
    for resource in schema["resources"].values():
        assert not {"id", "urn"} & (set(resource["properties"]) | set(resource["inputProperties"]))
    assert "serverId" in schema["resources"][VPS]["required"]
    assert "contractId" in schema["resources"][ORDER]["required"]


def test_secrets_are_marked_and_write_only_attributes_are_not_offered(schema: dict[str, Any]) -> None:
    inputs = schema["resources"][VPS]["inputProperties"]
    assert inputs["userData"]["secret"] is True
    assert not [name for name in inputs if name.startswith("userDataWo")]
    assert schema["config"]["variables"]["databaseUrl"]["secret"] is True


def test_only_what_is_needed_is_required(schema: dict[str, Any]) -> None:
    required = {token: set(each["requiredInputs"]) for token, each in schema["resources"].items()}
    assert required == {VPS: {"name"}, ORDER: {"name", "offer"}, RESOURCE: {"vpsId", "type", "quantity"}}


def test_the_generated_python_package_does_not_collide_with_the_one_that_needs_no_plugin(
    schema: dict[str, Any],
) -> None:
    assert schema["language"]["python"]["packageName"] == "pulumi_qualit_native"


def test_another_form_of_schema_is_refused(unconfigured: Host) -> None:
    with pytest.raises(CallFailedError, match="form 1"):
        unconfigured.call("GetSchema", rpc.GetSchemaRequest(version=1))
