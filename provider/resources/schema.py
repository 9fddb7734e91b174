"""The words in which a resource states its attributes, once, for every adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Scalar(Enum):
    """A type without parts. NUMBER is a whole number in every attribute of ours."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"


@dataclass(frozen=True, slots=True)
class ListOf:
    element: Type


@dataclass(frozen=True, slots=True)
class SetOf:
    element: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    element: Type


@dataclass(frozen=True, slots=True)
class Nested:
    """An object with attributes of its own."""

    attributes: Mapping[str, Attribute]


Type = Scalar | ListOf | SetOf | MapOf | Nested


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute.

    Attributes:
        type: what it holds.
        description: Markdown, in whole sentences; the reference, the schemas and the SDKs show it.
        required, optional, computed: as in Terraform: a value is given, may be given, comes from the provider.
            Optional and computed together is a value that is kept when it is left out (C10).
        sensitive: never shown.
        write_only: sent, used and never kept in plan or state.
        null_at_times: it is looked up and may be null.
        values: the only values there are, for a closed list.
        rule: the rule that forbids or prices a change of it, such as ``"C2"``.
    """

    type: Type
    description: str
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    null_at_times: bool = False
    values: tuple[str | int, ...] = ()
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """A resource's, a data source's or the provider's attributes. ``version`` moves when the state's shape does."""

    description: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    version: int = 0


def nested_attributes(type: Type) -> tuple[str, Mapping[str, Attribute]] | None:
    """How attributes of their own lie below a type: (``SINGLE``, ``LIST``, ``SET`` or ``MAP``, the attributes)."""
    match type:
        case Nested(attributes):
            return "SINGLE", attributes
        case ListOf(Nested(attributes)):
            return "LIST", attributes
        case SetOf(Nested(attributes)):
            return "SET", attributes
        case MapOf(Nested(attributes)):
            return "MAP", attributes
    return None
