"""From plain Python to the wire: MessagePack, with the type deciding the form.

Unknown goes out as extension code 0 without refinements. A set goes out in canonical order, which is the order
of its elements' bytes, and without duplicates: the same value always has the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgpack

from provider.resources.model import UNKNOWN
from provider.terraform.cty.errors import WireError
from provider.terraform.cty.numbers import wire_number
from provider.terraform.cty.types import (
    CtyType,
    Dynamic,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Typed,
    type_json,
)

_UNKNOWN = msgpack.ExtType(0, b"\0")


def encode_msgpack(value: Any, type: CtyType) -> bytes:
    """The bytes of a value.

    Raises:
        WireError: the value is not of ``type``.
    """
    return _pack(_raw(value, type))


def canonical_set(elements: Iterable[Any], element: CtyType) -> list[Any]:
    """A set's elements in canonical order without duplicates. Unknown ones may turn out different: all are kept."""
    return [value for value, _ in _canonical(elements, element)]


def _pack(raw: Any) -> bytes:
    packed = msgpack.packb(raw)
    assert isinstance(packed, bytes)  # noqa: S101 - packb returns None only for a packer that keeps its buffer
    return packed


def _canonical(elements: Iterable[Any], element: CtyType) -> list[tuple[Any, Any]]:
    """The elements with their raw forms, ordered by the raw forms' bytes."""
    known: dict[bytes, tuple[Any, Any]] = {}
    open_ended: list[tuple[Any, Any]] = []
    for index, value in enumerate(elements):
        raw = _part(index, value, element)
        if _has_unknown(raw):
            open_ended.append((value, raw))
        else:
            known[_pack(raw)] = (value, raw)
    return [known[packed] for packed in sorted(known)] + open_ended


def _has_unknown(raw: Any) -> bool:
    if isinstance(raw, dict):
        return any(_has_unknown(item) for item in raw.values())
    return raw is _UNKNOWN or (isinstance(raw, list) and any(_has_unknown(item) for item in raw))


def _raw(value: Any, type: CtyType) -> Any:
    if value is None:
        return None
    if value is UNKNOWN:
        return _UNKNOWN
    match type:
        case Primitive(name):
            return _primitive(value, name)
        case ListType(element):
            return [_part(index, item, element) for index, item in enumerate(_sequence(value))]
        case SetType(element):
            return [raw for _, raw in _canonical(_sequence(value), element)]
        case MapType(element):
            return {key: _part(key, value[key], element) for key in _keys(value)}
        case TupleType(elements):
            return _tuple(value, elements)
        case ObjectType(attributes):
            return _object(value, attributes)
        case Dynamic():
            return _dynamic(value)


def _primitive(value: Any, name: str) -> Any:
    if name == "number":
        return wire_number(value)
    if isinstance(value, str if name == "string" else bool):
        return value
    raise WireError(f"a {name} is required, not {type(value).__name__}")


def _part(step: str | int, value: Any, type: CtyType) -> Any:
    try:
        return _raw(value, type)
    except WireError as error:
        raise error.within(step) from None


def _sequence(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WireError(f"a list is required, not {type(value).__name__}")
    return value


def _keys(value: Any) -> list[str]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise WireError("a mapping with text for keys is required")
    return sorted(value)


def _tuple(value: Any, elements: tuple[CtyType, ...]) -> list[Any]:
    items = _sequence(value)
    if len(items) != len(elements):
        raise WireError(f"a list of {len(elements)} is required")
    return [_part(index, item, element) for index, (item, element) in enumerate(zip(items, elements, strict=True))]


def _object(value: Any, attributes: Mapping[str, CtyType]) -> dict[str, Any]:
    given = _keys(value)
    if given != sorted(attributes):
        odd = sorted(set(given) ^ set(attributes))
        raise WireError(f"the attributes are not those of the type: {', '.join(odd)}")
    return {name: _part(name, value[name], attributes[name]) for name in given}


def _dynamic(value: Any) -> Any:
    if not isinstance(value, Typed):
        raise WireError(f"a value with its type is required, not {type(value).__name__}")
    return [type_json(value.type), _raw(value.value, value.type)]
