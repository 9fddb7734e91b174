"""From the wire to plain Python: MessagePack and JSON, told by the type what they mean.

Everything of MessagePack's extension types is an unknown value: code 0 plain, code 12 with refinements, which
this provider has no use for. A set becomes a list in canonical order (see :mod:`provider.terraform.cty.encode`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgpack

from provider.resources.model import UNKNOWN
from provider.terraform.cty.encode import canonical_set
from provider.terraform.cty.errors import WireError
from provider.terraform.cty.numbers import number
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
    parse_type,
)


def decode_msgpack(data: bytes, type: CtyType) -> Any:
    """The value that ``data`` holds.

    Raises:
        WireError: ``data`` is no MessagePack, or its value is not of ``type``.
    """
    try:
        raw = msgpack.unpackb(data, ext_hook=lambda _code, _payload: UNKNOWN)
    except (ValueError, msgpack.exceptions.UnpackException) as error:
        raise WireError("not a value in MessagePack") from error
    return _shape(raw, type)


def decode_json(data: bytes, type: CtyType) -> Any:
    """The value that a JSON text holds; raises like :func:`decode_msgpack`."""
    return from_parsed_json(parse_json(data), type)


def parse_json(data: bytes) -> Any:
    """JSON with its numbers kept exact, not yet told by a type what it means.

    Raises:
        WireError: ``data`` is no JSON.
    """
    try:
        return json.loads(data, parse_float=Decimal, parse_int=Decimal)
    except ValueError as error:
        raise WireError("not a value in JSON") from error


def from_parsed_json(parsed: Any, type: CtyType) -> Any:
    """The value that parsed JSON means; raises like :func:`decode_msgpack`."""
    return _shape(parsed, type)


def _shape(raw: Any, type: CtyType) -> Any:
    if raw is None or raw is UNKNOWN:
        return raw
    match type:
        case Primitive(name):
            return _primitive(raw, name)
        case ListType(element):
            return _elements(raw, element)
        case SetType(element):
            return canonical_set(_elements(raw, element), element)
        case MapType(element):
            return {key: _part(key, raw[key], element) for key in _keys(raw)}
        case TupleType(elements):
            return _tuple(raw, elements)
        case ObjectType(attributes):
            return _object(raw, attributes)
        case Dynamic():
            return _dynamic(raw)


def _primitive(raw: Any, name: str) -> Any:
    if name == "number":
        return number(raw)
    if isinstance(raw, str if name == "string" else bool):
        return raw
    raise WireError(f"a {name} is required")


def _part(step: str | int, raw: Any, type: CtyType) -> Any:
    try:
        return _shape(raw, type)
    except WireError as error:
        raise error.within(step) from None


def _elements(raw: Any, element: CtyType) -> list[Any]:
    if not isinstance(raw, list):
        raise WireError("a sequence is required")
    return [_part(index, item, element) for index, item in enumerate(raw)]


def _keys(raw: Any) -> list[str]:
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        raise WireError("a map with text for keys is required")
    return sorted(raw)


def _tuple(raw: Any, elements: tuple[CtyType, ...]) -> list[Any]:
    if not isinstance(raw, list) or len(raw) != len(elements):
        raise WireError(f"a sequence of {len(elements)} is required")
    return [_part(index, item, element) for index, (item, element) in enumerate(zip(raw, elements, strict=True))]


def _object(raw: Any, attributes: Mapping[str, CtyType]) -> dict[str, Any]:
    given = _keys(raw)
    if given != sorted(attributes):
        odd = sorted(set(given) ^ set(attributes))
        raise WireError(f"the attributes are not those of the type: {', '.join(odd)}")
    return {name: _part(name, raw[name], inner) for name, inner in attributes.items()}


def _dynamic(raw: Any) -> Typed:
    match raw:
        case [bytes(type_text), value]:
            own = parse_type(type_text)
        case {"type": plain_type, "value": value}:
            own = parse_type(json.dumps(plain_type))
        case _:
            raise WireError("a value with its type is required")
    return Typed(own, _shape(value, own))
