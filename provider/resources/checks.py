"""Static checks of what a user wrote, driven by the schema; nothing here asks a backend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Path, Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema, SetOf, Type

_DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_CARD = re.compile(r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15,18}")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
DEFAULT_TIMEOUT = 600.0
"""Seconds that an operation waits unless ``timeouts`` says otherwise."""


def check_values(schema: Schema, config: Values) -> Diagnostics:
    """The closed lists of the schema are kept, and numbers are whole: nothing is sold in parts."""
    return (*_closed_lists(schema, config), *_whole_numbers(schema, config))


def without_card_numbers(schema: Schema, config: Values, others: Diagnostics) -> Diagnostics:
    """What is wrong with a configuration: ``others``, unless a value looks like a card number (N8).

    Then only that is said: the other words could repeat the number.
    """
    return tuple(_card_numbers(schema.attributes, config)) or others


def is_given(value: Value) -> bool:
    """Whether the user wrote the attribute, known or not."""
    return value is not None


def is_known(*values: Value) -> bool:
    """Whether none of the values is decided only later."""
    return all(value is not UNKNOWN for value in values)


def check_money(attribute: str, value: Value) -> Diagnostics:
    """An amount is written as a decimal number in quotes, without a sign or a currency."""
    if value is None or value is UNKNOWN or parse_money(value) is not None:
        return ()
    return (
        Diagnostic(
            "error",
            f"Invalid {attribute} (rule P7)",
            f'{attribute} is "{value}", which is not an amount. Write it as a number with at most two '
            'decimals, without a currency, such as "25.00".',
            (attribute,),
        ),
    )


def parse_money(text: str | None) -> Decimal | None:
    """The amount that a text such as ``"25.00"`` names, None if it names none."""
    return Decimal(text) if text is not None and _AMOUNT.fullmatch(text) else None


def check_timeouts(config: Values) -> Diagnostics:
    """Each timeout is a duration such as ``"1h30m"``."""
    timeouts = config.get("timeouts")
    if timeouts is None or timeouts is UNKNOWN:
        return ()
    return tuple(
        Diagnostic(
            "error",
            "Invalid timeout",
            f'timeouts.{name} is "{text}", which is not a duration. Write hours, minutes and seconds, such as '
            '"1h30m", "10m" or "90s".',
            ("timeouts", name),
        )
        for name, text in timeouts.items()
        if text is not None and text is not UNKNOWN and parse_duration(text) is None
    )


def parse_duration(text: str) -> float | None:
    """The seconds of a duration such as ``"10m"``, None if it is none."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def timeout_of(values: Values, operation: str) -> float:
    """How many seconds the user lets an operation (``create``, ``update``) take."""
    text = (values.get("timeouts") or {}).get(operation)
    seconds = parse_duration(text) if text else None
    return DEFAULT_TIMEOUT if seconds is None else seconds


def _closed_lists(schema: Schema, config: Values) -> Iterator[Diagnostic]:
    for name, attribute in schema.attributes.items():
        value = config.get(name)
        if attribute.values and value is not None and value is not UNKNOWN and value not in attribute.values:
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            allowed = ", ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in attribute.values)
            yield Diagnostic(
                "error", f"Invalid {name}{_rule(name)}", f"{name} is {shown}; it can be one of {allowed}.", (name,)
            )


def _whole_numbers(schema: Schema, config: Values) -> Iterator[Diagnostic]:
    for name, attribute in schema.attributes.items():
        value = config.get(name)
        if attribute.type is not Scalar.NUMBER or attribute.values or value is None or value is UNKNOWN:
            continue
        if not isinstance(value, int):
            yield Diagnostic(
                "error", f"Invalid {name}{_rule(name)}", f"{name} is {value}; it takes a whole number.", (name,)
            )


_RULES = {"term_months": "S4", "type": "S2", "quantity": "S2", "power_state": "S7"}


def _rule(name: str) -> str:
    return f" (rule {_RULES[name]})" if name in _RULES else ""


def _card_numbers(attributes: Mapping[str, Attribute], config: Mapping[str, Value]) -> Iterator[Diagnostic]:
    for name, attribute in attributes.items():
        for _, text in _strings(attribute.type, config.get(name), (name,)):
            if looks_like_card_number(text):
                # No path: Terraform would print the source line, and the number with it.
                yield Diagnostic(
                    "error",
                    "A value looks like a card number (rule N8)",
                    f"The value of {name} looks like the number of a payment card and is not repeated here. Remove "
                    "it from the configuration; a saved payment method is named by its id.",
                )


def _strings(type_: Type, value: Value, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list) and isinstance(type_, ListOf | SetOf):
        for index, element in enumerate(value):
            yield from _strings(type_.element, element, (*path, index))
    elif isinstance(value, dict) and isinstance(type_, MapOf):
        for key, element in value.items():
            yield from _strings(type_.element, element, (*path, key))
    elif isinstance(value, dict) and isinstance(type_, Nested):
        for key, element in value.items():
            yield from _strings(type_.attributes[key].type, element, (*path, key))


def looks_like_card_number(text: str) -> bool:
    """Whether a text holds digits that a card could have: an issuer's first digits and a right check digit.

    Lengths, first digits and check digit as in ISO/IEC 7812-1; blanks and hyphens between digits do not hide them.
    """
    numbers = (re.sub(r"\D", "", match.group()) for match in _DIGITS.finditer(text))
    return any(_CARD.fullmatch(number) and _luhn(number) for number in numbers)


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(d if index % 2 == 0 else sum(divmod(2 * d, 10)) for index, d in enumerate(digits)) % 10 == 0
