"""What the provider says it offers."""

from __future__ import annotations

import json
from typing import Any

from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema
from provider.terraform.protocol import tf6
from provider.terraform.schema import schema_message
from tests.terraform.host import Host


def attributes(message: Any) -> dict[str, Any]:
    return {attribute.name: attribute for attribute in message.attributes}


def test_every_attribute_is_described_with_its_type_and_flags(unconfigured: Host) -> None:
    answer = unconfigured.call("GetProviderSchema")
    box = answer.resource_schemas["qualit_box"]
    assert (box.version, box.block.description) == (1, "A box.")
    described = attributes(box.block)
    assert described["name"].required
    assert described["size"].optional
    assert described["size"].computed
    assert described["secret_wo"].write_only
    assert described["secret_wo"].sensitive
    assert described["price"].description == "Known at plan."
    assert json.loads(described["tags"].type) == ["set", "string"]
    assert json.loads(described["labels"].type) == ["map", "string"]
    assert set(answer.data_source_schemas) == {"qualit_box_names"}
    assert set(attributes(answer.provider.block)) == {"home", "test_clock"}


def test_descriptions_are_markdown(unconfigured: Host) -> None:
    block = unconfigured.call("GetProviderSchema").resource_schemas["qualit_box"].block
    markdown = tf6.Schema.DESCRIPTOR.file.enum_types_by_name["StringKind"].values_by_name["MARKDOWN"].number
    assert {block.description_kind, *(one.description_kind for one in block.attributes)} == {markdown}


def test_objects_are_nested_attributes_alone_in_lists_sets_and_maps(unconfigured: Host) -> None:
    described = attributes(unconfigured.call("GetProviderSchema").resource_schemas["qualit_box"].block)
    modes = tf6.Schema.Object
    assert described["limits"].nested_type.nesting == modes.SINGLE
    assert described["disks"].nested_type.nesting == modes.LIST
    assert described["ports"].nested_type.nesting == modes.SET
    assert attributes(described["limits"].nested_type)["given"].computed
    assert not described["limits"].type
    shelf = Schema("", {"by_key": Attribute(MapOf(Nested({})), "", optional=True)})
    assert schema_message(shelf).block.attributes[0].nested_type.nesting == modes.MAP


def test_objects_deeper_than_the_protocol_nests_are_plain_types() -> None:
    deep = ListOf(ListOf(Nested({"a": Attribute(Scalar.BOOL, "")})))
    (attribute,) = schema_message(Schema("", {"deep": Attribute(deep, "")})).block.attributes
    assert json.loads(attribute.type) == ["list", ["list", ["object", {"a": "bool"}]]]


def test_destroys_are_planned_and_the_schema_need_not_be_asked(unconfigured: Host) -> None:
    for name in ("GetProviderSchema", "GetMetadata"):
        able = unconfigured.call(name).server_capabilities
        assert able.plan_destroy
        assert able.get_provider_schema_optional


def test_metadata_names_the_types(unconfigured: Host) -> None:
    answer = unconfigured.call("GetMetadata")
    assert [one.type_name for one in answer.resources] == ["qualit_box"]
    assert [one.type_name for one in answer.data_sources] == ["qualit_box_names"]


def test_there_are_no_identities_and_no_functions(unconfigured: Host) -> None:
    assert not unconfigured.call("GetResourceIdentitySchemas").identity_schemas
    assert not unconfigured.call("GetFunctions").functions
    assert 'no function "sum"' in unconfigured.call("CallFunction", name="sum").error.text
