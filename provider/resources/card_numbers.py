"""A value that looks like a card number is refused before any other word is said about it: those could repeat it (N8).

When validating for what is known then, and when planning for what came later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from provider.backend.port import Backend
from provider.commerce.policy import card_number, looks_like_card_number
from provider.resources.model import Diagnostic, Diagnostics, PlanRequest, PlanResult, StateResult, Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Schema, SetOf, Type

NOT_CHECKED = frozenset({"ssh_keys", "user_data", "user_data_wo"})
"""What is for the machine and its software, which has numbers of its own and is repeated by no message."""

Plan = Callable[[PlanRequest, Backend], PlanResult]
Import = Callable[[str, Backend], StateResult]


def card_numbers(schema: Schema, values: Values) -> Diagnostics:
    """An error for each attribute that a user wrote a card number in."""
    return tuple(
        Diagnostic.of_refusal(card_number(where))
        for name, attribute in schema.attributes.items()
        if (attribute.required or attribute.optional) and name not in NOT_CHECKED
        for where in sorted(
            {where for where, text in _texts(name, attribute.type, values.get(name)) if looks_like_card_number(text)}
        )
    )


def without_card_numbers(schema: Schema, config: Values, others: Diagnostics) -> Diagnostics:
    """What is wrong with a configuration: ``others``, unless it has a card number. Then only that is said."""
    return card_numbers(schema, config) or others


def plan_without_card_numbers(schema: Schema, plan: Plan) -> Plan:
    """A plan that refuses card numbers first: what was unknown when validating may be known by now."""

    def guarded(request: PlanRequest, backend: Backend) -> PlanResult:
        found = card_numbers(schema, request.config or {})
        return PlanResult(request.proposed, found) if found else plan(request, backend)

    return guarded


def import_without_card_numbers(import_state: Import) -> Import:
    """An import that refuses a card number as an import id."""

    def guarded(import_id: str, backend: Backend) -> StateResult:
        if looks_like_card_number(import_id):
            return StateResult(None, (Diagnostic.of_refusal(card_number("the import id")),))
        return import_state(import_id, backend)

    return guarded


def _texts(where: str, type_: Type, value: Value) -> Iterator[tuple[str, str]]:
    """Every text and number of a value, with where it is; a key or an index could be the number, so none is named."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        # A number is shown as it was written by what refuses it.
        yield where, f"{value:f}" if isinstance(value, Decimal) else str(value)
    elif isinstance(value, list) and isinstance(type_, ListOf | SetOf):
        for element in value:
            yield from _texts(where, type_.element, element)
    elif isinstance(value, dict) and isinstance(type_, MapOf):
        for key, element in value.items():
            yield f"a key of {where}", key
            yield from _texts(where, type_.element, element)
    elif isinstance(value, dict) and isinstance(type_, Nested):
        yield from _of_object(where, type_.attributes, value)


def _of_object(
    where: str, attributes: Mapping[str, Attribute], value: Mapping[str, Value]
) -> Iterator[tuple[str, str]]:
    for key, element in value.items():
        yield from _texts(f"{where}.{key}", attributes[key].type, element)
