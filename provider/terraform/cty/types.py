"""The types of Terraform's values ("cty") and their JSON, as schemas and dynamic values carry it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from provider.terraform.cty.errors import WireError


@dataclass(frozen=True, slots=True)
class Primitive:
    name: Literal["string", "number", "bool"]


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Any type: each value brings its own."""


@dataclass(frozen=True, slots=True)
class ListType:
    element: CtyType


@dataclass(frozen=True, slots=True)
class SetType:
    element: CtyType


@dataclass(frozen=True, slots=True)
class MapType:
    element: CtyType


@dataclass(frozen=True, slots=True)
class TupleType:
    elements: tuple[CtyType, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    attributes: Mapping[str, CtyType]


CtyType: TypeAlias = Primitive | Dynamic | ListType | SetType | MapType | TupleType | ObjectType

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Dynamic()

_BY_NAME: dict[str, CtyType] = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": DYNAMIC}
_COLLECTIONS: dict[str, type[ListType | SetType | MapType]] = {"list": ListType, "set": SetType, "map": MapType}


@dataclass(frozen=True, slots=True)
class Typed:
    """The value of a dynamic place, with the type that it brought."""

    type: CtyType
    value: Any


def type_json(type: CtyType) -> bytes:
    """The JSON of a type, such as ``["list","string"]``."""
    return json.dumps(_to_plain(type), separators=(",", ":")).encode()


def parse_type(text: bytes | str) -> CtyType:
    """The type that a JSON text describes.

    Raises:
        WireError: the text describes none.
    """
    try:
        return _from_plain(json.loads(text))
    except ValueError:
        raise WireError("not the JSON of a type") from None


def _to_plain(type: CtyType) -> Any:
    match type:
        case Primitive(name):
            return name
        case Dynamic():
            return "dynamic"
        case ListType(element):
            return ["list", _to_plain(element)]
        case SetType(element):
            return ["set", _to_plain(element)]
        case MapType(element):
            return ["map", _to_plain(element)]
        case TupleType(elements):
            return ["tuple", [_to_plain(element) for element in elements]]
        case ObjectType(attributes):
            return ["object", {name: _to_plain(attributes[name]) for name in sorted(attributes)}]


def _from_plain(plain: Any) -> CtyType:
    match plain:
        case str() if plain in _BY_NAME:
            return _BY_NAME[plain]
        case ["list" | "set" | "map" as kind, element]:
            return _COLLECTIONS[kind](_from_plain(element))
        case ["tuple", list(elements)]:
            return TupleType(tuple(_from_plain(element) for element in elements))
        case ["object", dict(attributes), *_]:
            return ObjectType({name: _from_plain(attributes[name]) for name in sorted(attributes)})
    raise WireError("not a type that Terraform has")
