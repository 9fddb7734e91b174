"""A resource's schema as Terraform wants it: the type of its values, and the message that describes it.

A nested object becomes a nested attribute where the protocol has one (alone, or in a list, a set or a map); deeper
ones become plain object types, whose parts Terraform cannot describe one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provider.resources.schema import (
    Attribute,
    ListOf,
    MapOf,
    Nested,
    Scalar,
    Schema,
    SetOf,
    Type,
    nested_attributes,
)
from provider.terraform.cty import BOOL, NUMBER, STRING, CtyType, ListType, MapType, ObjectType, SetType, type_json
from provider.terraform.protocol import tf6

MARKDOWN = 1
"""``tfplugin6.StringKind.MARKDOWN``."""

_SCALARS: dict[Scalar, CtyType] = {Scalar.STRING: STRING, Scalar.NUMBER: NUMBER, Scalar.BOOL: BOOL}


def cty_type(type: Type) -> CtyType:
    """The type of an attribute's values."""
    match type:
        case Scalar():
            return _SCALARS[type]
        case ListOf(element):
            return ListType(cty_type(element))
        case SetOf(element):
            return SetType(cty_type(element))
        case MapOf(element):
            return MapType(cty_type(element))
        case Nested(attributes):
            return object_type(attributes)


def object_type(attributes: Mapping[str, Attribute]) -> ObjectType:
    """The type of an object with these attributes."""
    return ObjectType({name: cty_type(attributes[name].type) for name in sorted(attributes)})


def schema_message(schema: Schema) -> Any:
    """The ``tfplugin6.Schema`` of a resource, a data source or the provider."""
    block = tf6.Schema.Block(
        version=schema.version,
        attributes=_attribute_messages(schema.attributes),
        description=schema.description,
        description_kind=MARKDOWN,
    )
    return tf6.Schema(version=schema.version, block=block)


def _attribute_messages(attributes: Mapping[str, Attribute]) -> list[Any]:
    return [_attribute_message(name, attributes[name]) for name in sorted(attributes)]


def _attribute_message(name: str, attribute: Attribute) -> Any:
    described = tf6.Schema.Attribute(
        name=name,
        description=attribute.description,
        description_kind=MARKDOWN,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        write_only=attribute.write_only,
    )
    below = nested_attributes(attribute.type)
    if below is None:
        described.type = type_json(cty_type(attribute.type))
    else:
        mode, inner = below
        described.nested_type.nesting = tf6.Schema.Object.NestingMode.Value(mode)
        described.nested_type.attributes.extend(_attribute_messages(inner))
    return described
