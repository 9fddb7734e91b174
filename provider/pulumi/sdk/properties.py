"""What the properties of a resource and the objects below them are called and typed in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provider.commerce.policy import ACCEPTED_KINDS
from provider.pulumi.names import ID_OUTPUTS, camel, offered, pascal
from provider.pulumi.package import ENUMS
from provider.pulumi.sdk.words import snake
from provider.resources.model import ManagedResource
from provider.resources.registry import DATA_SOURCES, MANAGED
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, SetOf, Type

_SCALARS = {Scalar.STRING: "str", Scalar.NUMBER: "int", Scalar.BOOL: "bool"}

REFERENCES = {"vps_id": ("vps", "Vps", "server_id"), "order_id": ("order", "Order", "contract_id")}
"""An input that is an id: the argument for the resource itself, that resource's class, and which output is used.

Pulumi's own ``id`` is never known in a preview, that output is.
"""

_NULL_AT_TIMES = ("charge", "improved_at", "improved_from", "ipv4_address")
"""Computed, and null before the first charge, without an improvement, before the delivery."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of the resource whose class is ``owner``."""

    name: str
    attribute: Attribute
    owner: str

    @property
    def pulumi_name(self) -> str:
        return camel(self.name)

    @property
    def is_input(self) -> bool:
        return self.attribute.required or self.attribute.optional

    @property
    def must_be_written(self) -> bool:
        """An id need not be, where the resource itself may be given."""
        return self.attribute.required and self.name not in REFERENCES

    @property
    def values_type(self) -> str | None:
        """The type of its values, where those are a closed list."""
        if not self.attribute.values:
            return None
        return pascal(ENUMS[self.name][0])

    @property
    def input_type(self) -> str:
        held = self.values_type or _input_type(self.attribute.type, self.name)
        wrapped = held if isinstance(self.attribute.type, Nested) else f"pulumi.Input[{held}]"
        return wrapped if self.must_be_written else f"{wrapped} | None"

    @property
    def output_type(self) -> str:
        held = output_type(self.attribute.type, self.name)
        always = self.attribute.required or (self.attribute.computed and self.name not in _NULL_AT_TIMES)
        return held if always else f"{held} | None"


@dataclass(frozen=True, slots=True)
class Object:
    """An object with properties of its own; ``is_input`` if programs write it."""

    name: str
    description: str
    attributes: Mapping[str, Attribute]
    is_input: bool


def properties_of(resource: ManagedResource) -> tuple[Property, ...]:
    """A resource's properties in the schema's order."""
    owner, known_id = pascal(resource.name), ID_OUTPUTS.get(resource.name)
    names = {"id": snake(known_id)} if known_id else {"id": None}
    return tuple(
        Property(called, attribute, owner)
        for name, attribute in offered(resource.schema.attributes).items()
        if (called := names.get(name, name))
    )


def value_types() -> dict[str, tuple[str | int, ...]]:
    """The closed lists of values, by the name of their type."""
    found = [p for resource in MANAGED for p in properties_of(resource)]
    listed = {p.values_type: p.attribute.values for p in found if p.values_type}
    return {**listed, "PaymentBrand": tuple(ACCEPTED_KINDS)}


def output_type(type: Type, name: str) -> str:
    """The type of a value that is read."""
    match type:
        case Scalar():
            return _SCALARS[type]
        case ListOf(element) | SetOf(element):
            return f"list[{output_type(element, _singular(name))}]"
        case MapOf(element):
            return f"dict[str, {output_type(element, _singular(name))}]"
        case Nested():
            return object_name(name)


def object_name(name: str) -> str:
    """The class of the object that is called so; what the catalogue and the account list has a class of its own."""
    if name == "line":
        return "ChargeLine"
    listed = {_singular(source.name) for source in DATA_SOURCES}
    return f"{pascal(name)}Info" if name in listed else pascal(name)


def objects() -> Iterator[Object]:
    """Every object, each after those that it holds."""
    seen: set[str] = set()
    for resource in MANAGED:
        for found in properties_of(resource):
            yield from _objects_in(found.attribute, found.name, is_input=found.is_input, seen=seen)
    for source in DATA_SOURCES:
        for name, attribute in source.schema.attributes.items():
            yield from _objects_in(attribute, name, is_input=False, seen=seen)


def _objects_in(attribute: Attribute, name: str, *, is_input: bool, seen: set[str]) -> Iterator[Object]:
    held, description = attribute.type, attribute.description
    while isinstance(held, ListOf | SetOf | MapOf):
        held, description, name = held.element, f"One of the `{name}`.", _singular(name)
    if isinstance(held, Nested) and object_name(name) not in seen:
        seen.add(object_name(name))
        for inner, below in held.attributes.items():
            yield from _objects_in(below, inner, is_input=is_input, seen=seen)
        yield Object(object_name(name), description, held.attributes, is_input)


def _input_type(type: Type, name: str) -> str:
    match type:
        case Scalar():
            return _SCALARS[type]
        case ListOf(element) | SetOf(element):
            return f"Sequence[pulumi.Input[{_input_type(element, _singular(name))}]]"
        case MapOf(element):
            return f"Mapping[str, pulumi.Input[{_input_type(element, _singular(name))}]]"
        case Nested():
            return f"pulumi.InputType[{object_name(name)}Args]"


def _singular(name: str) -> str:
    return name.removesuffix("s")
