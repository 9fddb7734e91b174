"""The protocol's values, in and out, and what goes with them: private data and write-only attributes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from provider.resources.model import UNKNOWN, Path, Values
from provider.resources.schema import Attribute, nested_attributes
from provider.terraform.cty import CtyType, WireError, decode_json, decode_msgpack, encode_msgpack
from provider.terraform.protocol import tf6


def read(message: Any, type: CtyType) -> Any:
    """The value of a ``DynamicValue`` message; None where there is none.

    Raises:
        WireError: the value is not of ``type``.
    """
    if message.msgpack:
        return decode_msgpack(message.msgpack, type)
    if message.json:
        return decode_json(message.json, type)
    return None


def write(value: Any, type: CtyType) -> Any:
    """A ``DynamicValue`` message; raises WireError when the value is not of ``type``."""
    return tf6.DynamicValue(msgpack=encode_msgpack(value, type))


def read_private(data: bytes) -> dict[str, str]:
    """What was stored beside the state.

    Raises:
        WireError: it is not what this provider stores.
    """
    if not data:
        return {}
    try:
        private = json.loads(data)
    except ValueError:
        private = None
    if not isinstance(private, dict) or not all(isinstance(item, str) for item in private.values()):
        raise WireError("the private data beside the state is not this provider's")
    return private


def write_private(private: Mapping[str, str]) -> bytes:
    """The bytes to store beside the state; none for nothing."""
    return json.dumps(dict(private), sort_keys=True).encode() if private else b""


def without_write_only(values: Values | None, attributes: Mapping[str, Attribute]) -> Values | None:
    """The value with its write-only attributes null, as plans and states have to hold them."""
    if not isinstance(values, dict):
        return values
    return {name: _cleared(value, attributes[name]) if name in attributes else value for name, value in values.items()}


def given_write_only(values: Values | None, attributes: Mapping[str, Attribute], path: Path = ()) -> Iterator[Path]:
    """The paths of write-only attributes that have a value."""
    if not isinstance(values, dict):
        return
    for name, attribute in attributes.items():
        value = values.get(name)
        if attribute.write_only and value is not None:
            yield (*path, name)
        below = nested_attributes(attribute.type)
        if below is not None:
            for step, part in _parts(value, below[0]):
                yield from given_write_only(part, below[1], (*path, name, *step))


def _cleared(value: Any, attribute: Attribute) -> Any:
    if attribute.write_only:
        return None
    below = nested_attributes(attribute.type)
    if below is None:
        return value
    mode, inner = below
    match value:
        case dict() if mode == "MAP":
            return {key: without_write_only(part, inner) for key, part in value.items()}
        case list():
            return [without_write_only(part, inner) for part in value]
    return without_write_only(value, inner)


def _parts(value: Any, mode: str) -> Iterator[tuple[Path, Any]]:
    """The nested objects of an attribute's value, each with the steps that lead to it."""
    if value is None or value is UNKNOWN:
        return
    if mode == "SINGLE":
        yield (), value
    elif mode == "MAP":
        yield from (((key,), part) for key, part in value.items())
    else:
        yield from (((index,), part) for index, part in enumerate(value))
