"""Card numbers in what an engine sends (N8): looked for before the properties are read.

Other words about a property could repeat its value, and the engine prints the value of a property that a failure names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provider.commerce.policy import card_number, looks_like_card_number
from provider.pulumi import wire
from provider.pulumi.names import camel
from provider.resources.card_numbers import NOT_CHECKED
from provider.resources.model import Diagnostic

_NOT_CHECKED = frozenset(map(camel, NOT_CHECKED))


def card_numbers(properties: Any) -> list[Diagnostic]:
    """An error for each property, of a ``google.protobuf.Struct``, that has a card number in it or is called one."""
    found = []
    for given in sorted(properties.fields):
        if looks_like_card_number(given):
            found.append(Diagnostic.of_refusal(card_number("the name of a property")))
        elif given not in _NOT_CHECKED and not given.startswith("__"):
            places = {where for where, text in _texts(given, properties.fields[given]) if looks_like_card_number(text)}
            found.extend(Diagnostic.of_refusal(card_number(where)) for where in sorted(places))
    return found


def _texts(where: str, message: Any) -> Iterator[tuple[str, str]]:
    """Every text, whole number and key of a value, with where it is; a key is not named, as it could be the number."""
    value = wire.unwrap(message)
    match value.kind:
        case "text":
            yield where, value.content
        case "number" if float(value.content).is_integer():
            yield where, str(int(value.content))
        case "list":
            for element in value.content:
                yield from _texts(where, element)
        case "object":
            for key, element in value.content.items():
                yield f"a key of {where}", key
                yield from _texts(where, element)
