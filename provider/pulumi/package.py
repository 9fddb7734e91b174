"""The package's schema, from which Pulumi makes SDKs and documentation, generated from the resource model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provider import __version__
from provider.commerce.policy import ACCEPTED_KINDS
from provider.pulumi.names import (
    NATURAL_KEYS,
    PACKAGE,
    PARAMETER_TYPES,
    RESULT,
    call_token,
    camel,
    function_token,
    in_pulumi_words,
    offered,
    output_name,
    pascal,
    type_token,
)
from provider.resources.functions import Function
from provider.resources.model import DataSource, ManagedResource
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema, SetOf, Type

Json = dict[str, Any]

_SCALARS = {Scalar.STRING: "string", Scalar.NUMBER: "integer", Scalar.BOOL: "boolean"}

ENUMS: Mapping[str, tuple[str, str]] = {
    "term_months": ("duration", "For how many months to order, paid at once."),
    "power_state": ("power_state", "Whether a server runs, sleeps or is off."),
    "type": ("resource_type", "What can be bought on top of an offer."),
}
"""The name and the description of the type of an attribute with a closed list of values."""

_ALWAYS = ("id", "status")
"""The computed attributes that every resource of every kind has a value of."""

_LANGUAGES: Json = {
    # The package pulumi_qualit is the one that needs no plugin; the one that is generated from this schema gets a
    # name of its own, so that both can be installed side by side.
    "python": {
        "packageName": "pulumi_qualit_native",
        "pyproject": {"enabled": True},
        "respectSchemaVersion": True,
    },
    "nodejs": {"packageName": "@qualit/pulumi-qualit", "respectSchemaVersion": True},
    "go": {
        "importBasePath": "qualit.example/pulumi-qualit/sdk/go/qualit",
        "rootPackageName": PACKAGE,
        "respectSchemaVersion": True,
    },
    "csharp": {"rootNamespace": "Qualit", "respectSchemaVersion": True},
}


def package_schema(
    provider: Schema,
    managed: Sequence[ManagedResource],
    sources: Sequence[DataSource],
    computed: Sequence[Function] = (),
) -> Json:
    """The schema as Pulumi's schema format has it."""
    types = _Types()
    resources = {type_token(each.name): _resource(each, types) for each in managed}
    functions = {function_token(each.name): _function(each, types) for each in sources}
    functions |= {call_token(each.name): _computed(each, types) for each in computed}
    settings = {camel(name): _setting(each) for name, each in provider.attributes.items()}
    return {
        "name": PACKAGE,
        "displayName": "Qual.IT",
        "version": __version__,
        "description": in_pulumi_words(provider.description),
        "keywords": ["pulumi", PACKAGE, "category/cloud", "kind/native"],
        "license": "Apache-2.0",
        "meta": {"moduleFormat": "(.*)"},
        "language": _LANGUAGES,
        "config": {"variables": settings},
        "provider": {
            "description": in_pulumi_words(provider.description),
            "inputProperties": settings,
        },
        "types": {**_enum_types(managed), **types.found},
        "resources": resources,
        "functions": functions,
    }


class _Types:
    """Object types, met while properties are described; equal ones are one type."""

    def __init__(self) -> None:
        self.found: Json = {}

    def reference(self, name: str, attributes: Mapping[str, Attribute]) -> Json:
        token = type_token(name)
        self.found.setdefault(token, {"type": "object", **_properties(attributes, name, self)})
        return {"$ref": f"#/types/{token}"}


def _enum_types(managed: Sequence[ManagedResource]) -> Json:
    """The closed lists of the resources' attributes, and the means of payment that are accepted (S5)."""
    found = {
        name: attribute.values
        for resource in managed
        for name, attribute in resource.schema.attributes.items()
        if attribute.values
    }
    enums = {type_token(ENUMS[name][0]): _enum(ENUMS[name][1], values) for name, values in found.items()}
    enums[type_token("payment_brand")] = {
        "type": "string",
        "description": "The means of payment that can be used at once.",
        "enum": [{"name": pascal(kind), "value": kind, "description": name} for kind, name in ACCEPTED_KINDS.items()],
    }
    return enums


def _enum(description: str, values: tuple[str | int, ...]) -> Json:
    numbers = all(isinstance(value, int) for value in values)
    return {
        "type": "integer" if numbers else "string",
        "description": description,
        "enum": [{"name": _value_name(value), "value": value} for value in values],
    }


def _value_name(value: str | int) -> str:
    if isinstance(value, str):
        return pascal(value)
    return {1: "OneMonth", 3: "ThreeMonths", 6: "SixMonths", 12: "TwelveMonths"}[value]


def _resource(resource: ManagedResource, types: _Types) -> Json:
    schema, kind = resource.schema, resource.name
    attributes = offered(schema.attributes)
    inputs = {name: each for name, each in attributes.items() if each.required or each.optional}
    outputs = {given: (name, attributes[name]) for name in attributes if (given := output_name(kind, name))}
    return {
        "description": in_pulumi_words(schema.description) + _import_section(kind),
        "inputProperties": {camel(name): _property(name, each, kind, types) for name, each in inputs.items()},
        "requiredInputs": [camel(name) for name, each in inputs.items() if each.required],
        "properties": {given: _property(name, each, kind, types) for given, (name, each) in outputs.items()},
        "required": [given for given, (name, each) in outputs.items() if each.required or name in _ALWAYS],
    }


def _import_section(kind: str) -> str:
    key = "/".join(_KEY_WORDS.get(name, name.upper()) for name in NATURAL_KEYS[kind])
    return f"\n\n## Import\n\n```sh\npulumi import {type_token(kind)} NAME {key}\n```\n"


_KEY_WORDS = {"name": "NAME", "vps_id": "SERVER"}


def _function(source: DataSource, types: _Types) -> Json:
    attributes = source.schema.attributes
    inputs = {name: each for name, each in attributes.items() if each.required or each.optional}
    owner = source.name if source.name in PARAMETER_TYPES else f"get_{source.name}"
    described = {camel(name): _property(name, each, owner, types) for name, each in attributes.items()}
    return {
        "description": in_pulumi_words(source.schema.description),
        "inputs": {
            "properties": {camel(name): described[camel(name)] for name in inputs},
            "required": [camel(name) for name, each in inputs.items() if each.required],
        },
        "outputs": {
            "properties": described,
            "required": [camel(name) for name, each in attributes.items() if not (each.optional or each.null_at_times)],
        },
    }


def _computed(function: Function, types: _Types) -> Json:
    """A function whose arguments are all there is to know."""
    inputs = {}
    for name, each in function.parameters.items():
        assert isinstance(each.type, Nested)  # noqa: S101 (so is every parameter)
        reference = types.reference(PARAMETER_TYPES[name], each.type.attributes)
        inputs[camel(name)] = {"description": in_pulumi_words(each.description), **reference}
    if isinstance(function.returns, Nested):
        outputs = function.returns.attributes
    else:
        outputs = {RESULT: Attribute(function.returns, function.result, computed=True)}
    return {
        "description": in_pulumi_words(f"{function.summary}\n\n{function.description}"),
        "inputs": {"properties": inputs, "required": list(inputs)},
        "outputs": {
            "properties": {camel(name): _property(name, each, function.name, types) for name, each in outputs.items()},
            "required": [camel(name) for name, each in outputs.items() if not each.null_at_times],
        },
    }


def _setting(attribute: Attribute) -> Json:
    setting: Json = {"type": "string", "description": in_pulumi_words(attribute.description)}
    if attribute.sensitive:
        setting["secret"] = True
    return setting


def _properties(attributes: Mapping[str, Attribute], owner: str, types: _Types) -> Json:
    return {
        "properties": {camel(name): _property(name, each, owner, types) for name, each in attributes.items()},
        "required": [camel(name) for name, each in attributes.items() if each.required or not each.optional],
    }


def _property(name: str, attribute: Attribute, owner: str, types: _Types) -> Json:
    described: Json = {"description": in_pulumi_words(attribute.description)}
    if attribute.values:
        described |= {"$ref": f"#/types/{type_token(ENUMS[name][0])}"}
    else:
        described |= _type(attribute.type, _type_name(owner, name), types)
    if attribute.sensitive:
        described["secret"] = True
    return described


def _type_name(owner: str, name: str) -> str:
    """Shared types have one name wherever they are; the parts of a list are named after what it lists."""
    if name in ("charge", "characteristics", "timeouts"):
        return name
    return f"{owner}_{name.removesuffix('s')}"


def _type(type: Type, name: str, types: _Types) -> Json:
    match type:
        case Scalar():
            return {"type": _SCALARS[type]}
        case ListOf(element) | SetOf(element):
            return {"type": "array", "items": _type(element, name, types)}
        case MapOf(element):
            return {"type": "object", "additionalProperties": _type(element, name, types)}
        case Nested(attributes):
            return types.reference(name, attributes)
