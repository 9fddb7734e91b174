"""Writing what the engine keeps: from the values of the resource model to properties, secrets marked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from provider.pulumi import wire
from provider.pulumi.names import camel
from provider.resources.model import UNKNOWN, Path, Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, SetOf, Type


def write(
    values: Values,
    names: Mapping[str, str],
    attributes: Mapping[str, Attribute],
    *,
    secrets: frozenset[Path] = frozenset(),
    with_null: bool = False,
) -> dict[str, Any]:
    """The fields of a ``Struct``; ``names`` are the attributes by property.

    What is sensitive, or at a path of ``secrets``, is marked as a secret. ``with_null`` writes what is None, which in
    a preview says that it is known to be nothing.
    """
    fields = {}
    for given, name in names.items():
        value = values[name]
        if value is None and not with_null:
            continue
        written = _value(value, attributes[name].type, (name,), secrets)
        sensitive = attributes[name].sensitive and value is not None
        fields[given] = wire.secret(written) if sensitive and (name,) not in secrets else written
    return fields


def _value(value: Value, type: Type, path: Path, secrets: frozenset[Path]) -> Any:
    written = _plain(value, type, path, secrets)
    return wire.secret(written) if path in secrets and value is not None else written


def _plain(value: Value, type: Type, path: Path, secrets: frozenset[Path]) -> Any:
    if value is UNKNOWN:
        return wire.unknown()
    match value:
        case None:
            return wire.null()
        case bool():
            return wire.boolean(value)
        case int() | float() | Decimal():
            return wire.number(float(value))
        case str():
            return wire.text(value)
    match type:
        case ListOf(element) | SetOf(element):
            return wire.array([_value(part, element, (*path, index), secrets) for index, part in enumerate(value)])
        case MapOf(element):
            return wire.object_value({key: _value(part, element, (*path, key), secrets) for key, part in value.items()})
        case Nested(attributes):
            return wire.object_value(
                {
                    camel(name): _value(part, attributes[name].type, (*path, name), secrets)
                    for name, part in value.items()
                    if part is not None
                }
            )
    raise TypeError(f"a {type} holds no {value.__class__.__name__}")
