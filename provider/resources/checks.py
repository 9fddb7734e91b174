"""Static checks of what a user wrote, driven by the schema; nothing here asks a backend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value, Values
from provider.resources.schema import Scalar, Schema

_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
DEFAULT_TIMEOUT = 600.0
"""Seconds that an operation waits unless ``timeouts`` says otherwise."""


def check_values(schema: Schema, config: Values) -> Diagnostics:
    """The closed lists of the schema are kept, and numbers are whole: nothing is sold in parts."""
    return (*_closed_lists(schema, config), *_whole_numbers(schema, config))


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


def parse_day(text: str) -> date | None:
    """The day that a text such as ``"2026-12-24"`` names, None if it names none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


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
