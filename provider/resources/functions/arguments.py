"""Reading a function's arguments: from what a user wrote, of whatever type, to the values of commerce.

Errors name the part that cannot be used, what it is and what it should be.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce.contract import CHARACTERISTIC, RESOURCE_TYPES, ResourceType
from provider.commerce.policy import card_number, looks_like_card_number
from provider.commerce.refusal import Refusal
from provider.commerce.sizing import Solution
from provider.resources.data_sources.owned import VPS
from provider.resources.functions.model import ArgumentError, UnknownArgumentError
from provider.resources.model import UNKNOWN, Value
from provider.resources.vps.schema import SCHEMA

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

_SOLUTION = ("offer", "os", "additional_resources")
_OF_A_SERVER = frozenset({*VPS.schema.attributes, *SCHEMA.attributes})
"""What a server has beside its solution, as the resource, the data source or ``cheapest_offer`` give it."""


def read_catalogue(parameter: str, value: Value) -> Catalogue:
    """The catalogue of an argument: what ``qualit_catalogue`` gives, or a catalogue file that was decoded."""
    from provider.commerce.catalogue import check_catalogue

    _check_known(value)
    if not isinstance(value, dict):
        raise ArgumentError(parameter, f"It takes the data source `qualit_catalogue` as a whole, not {_kind(value)}")
    catalogue, found = check_catalogue(_without_nulls(value))
    if catalogue is None:
        _refuse_card_numbers(parameter, value)
        raise ArgumentError(
            parameter,
            "It takes the data source `qualit_catalogue` as a whole, and this is no catalogue: "
            + "; ".join(f"{where} {problem}" for where, problem in found[:3]),
        )
    return catalogue


def read_solution(parameter: str, value: Value) -> Solution:
    """An offer as text, or an object with an offer and perhaps more; what else a server has is left aside."""
    _check(parameter, {name: value.get(name) for name in _SOLUTION} if isinstance(value, dict) else value)
    if isinstance(value, str):
        return Solution(value, None, {})
    if not isinstance(value, dict):
        raise ArgumentError(
            parameter,
            f'It takes an offer, such as "vps-2", or an object with one, such as {{ offer = "vps-2" }}, '
            f"not {_kind(value)}",
        )
    _check_names(parameter, value, _SOLUTION, ignored=_OF_A_SERVER)
    return Solution(
        _text(parameter, "offer", value.get("offer")) or _missing(parameter, "offer"),
        _text(parameter, "os", value.get("os")),
        _quantities(parameter, value.get("additional_resources")),
    )


def read_needs(parameter: str, value: Value) -> tuple[dict[ResourceType, int], str | None]:
    """The least that a server must have, by the type that adds to it, and its system."""
    _check(parameter, value)
    names = tuple(CHARACTERISTIC.values())
    if not isinstance(value, dict):
        raise ArgumentError(
            parameter, f"It takes an object, such as {{ vcpus = 3, memory_gib = 6 }}, not {_kind(value)}"
        )
    _check_names(parameter, value, (*names, "os"))
    needs = {
        kind: _at_least(parameter, name, value[name])
        for kind, name in CHARACTERISTIC.items()
        if value.get(name) is not None
    }
    return needs, _text(parameter, "os", value.get("os"))


def refuse(refusals: Iterable[Refusal], parameter: str | None) -> ArgumentError:
    """The refusals of a rule as the error of an argument."""
    texts = [f"{refusal.summary} (rule {refusal.rule}): {refusal.detail}" for refusal in refusals]
    return ArgumentError(parameter, " ".join(texts).rstrip("."))


def _check(parameter: str, value: Value) -> None:
    _refuse_card_numbers(parameter, value)
    _check_known(value)


def _refuse_card_numbers(parameter: str, value: Value) -> None:
    """Refuse what looks like a card number before another word is said about it: that could repeat it (N8)."""
    for text in _texts(value):
        if looks_like_card_number(text):
            raise refuse([card_number(f"The argument {parameter}")], None)


def _texts(value: Value) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bool():
            pass
        case int() | Decimal():
            yield f"{value:f}" if isinstance(value, Decimal) else str(value)
        case dict():
            yield from (text for part in value.items() for each in part for text in _texts(each))
        case list():
            yield from (text for part in value for text in _texts(part))


def _check_known(value: Value) -> None:
    """Raise UnknownArgumentError where a part of a value is decided only later."""
    if value is UNKNOWN:
        raise UnknownArgumentError
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_known(part)


def _quantities(parameter: str, value: Value) -> dict[ResourceType, int]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ArgumentError(
            parameter, f"additional_resources takes quantities by type, such as {{ disk = 50 }}, not {_kind(value)}"
        )
    _check_names(parameter, value, RESOURCE_TYPES, within="additional_resources")
    quantities: dict[ResourceType, int] = {}
    for kind in RESOURCE_TYPES:
        units = value.get(kind)
        if units is not None:
            if not isinstance(units, int) or isinstance(units, bool) or units < 0:
                where = f"additional_resources.{kind}"
                raise ArgumentError(parameter, f"{where} takes a whole number of 0 or more, not {_shown(units)}")
            quantities[kind] = units
    return quantities


def _at_least(parameter: str, name: str, value: Value) -> int:
    """A need, which a part of a unit makes a whole one more."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < math.inf:
        raise ArgumentError(parameter, f"{name} takes a number of 0 or more, not {_shown(value)}")
    return math.ceil(value)


def _check_names(
    parameter: str,
    value: Mapping[str, Value],
    known: tuple[str, ...],
    *,
    ignored: frozenset[str] = frozenset(),
    within: str = "",
) -> None:
    for name in sorted(set(value) - set(known) - ignored):
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        where = f"{within} has" if within else "There is"
        raise ArgumentError(parameter, f"{where} no {name}: {meant}It takes {', '.join(known)}")


def _text(parameter: str, name: str, value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ArgumentError(parameter, f"{name} takes a text, not {_kind(value)}")


def _missing(parameter: str, name: str) -> str:
    raise ArgumentError(parameter, f'{name} is missing; write one, such as {name} = "vps-2"')


def _without_nulls(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def _shown(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value) if isinstance(value, int | Decimal) else _kind(value)


def _kind(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | Decimal():
            return "a number"
        case list():
            return "a list"
    return "an object"
