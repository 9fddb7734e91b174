"""The values of one resource, by the names of its attributes, with what a plan does not know marked as ``UNKNOWN``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final

from provider.cost.model import Price

Values = Mapping[str, Any]

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?")


class Unknown(Enum):
    """Stands for a value that a plan does not know yet."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


def amount(value: object) -> Price:
    """An amount as the attributes write it; None for one that is unknown or is no amount."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value).quantize(Decimal("0.01"))
    return None


def number(value: object) -> Decimal | None:
    """A number, however JSON wrote it; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def whole(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def text(value: object) -> str:
    """A text; empty for what is none."""
    return value if isinstance(value, str) else ""


def day(value: object) -> date | None:
    """A date such as ``2026-04-30``; None for what is none."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        return None
