"""Numbers without loss: Terraform's have 512 bits, and come as integer, float or text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from provider.terraform.cty.errors import WireError

MAX_DIGITS = 400
"""More than Terraform's own precision, and little enough that no text of a few bytes becomes a gigabyte."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def number(raw: object) -> int | Decimal:
    """The number that came over the wire: ``int`` if it is whole, otherwise ``Decimal``.

    Raises:
        WireError: it is none, or has more than ``MAX_DIGITS`` digits before the point.
    """
    match raw:
        case bool() | None:
            raise WireError("a number is required")
        case int():
            return raw
        case float() | Decimal():
            return _whole_or_decimal(Decimal(raw))
        case str():
            try:
                return _whole_or_decimal(Decimal(raw))
            except InvalidOperation:
                raise WireError("a number is required") from None
    raise WireError("a number is required")


def wire_number(value: object) -> int | float | str:
    """The number as it goes out: an integer of 64 bits as it is, anything else as text; infinity as a float.

    Raises:
        WireError: it is no number; a float is none either, because it has already lost digits.
    """
    if isinstance(value, Decimal):
        value = _whole_or_decimal(value)
    match value:
        case bool():
            raise WireError("a number is required, not a bool")
        case int():
            return value if _SMALLEST <= value <= _LARGEST else str(value)
        case Decimal():
            return str(value) if value.is_finite() else float(value)
    raise WireError(f"a number is an int or a Decimal, not {type(value).__name__}")


def _whole_or_decimal(value: Decimal) -> int | Decimal:
    if value.is_nan():
        raise WireError("a number is required")
    if value.is_infinite():
        return value
    if value and value.adjusted() >= MAX_DIGITS:
        raise WireError(f"the number has more than the {MAX_DIGITS} digits before the point that are handled")
    return int(value) if value == value.to_integral_value() else value
