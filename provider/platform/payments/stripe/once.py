"""Making a write once, also where Stripe itself failed at it.

Stripe keeps what a key's first call answered for 24 hours, an internal error of its own too: the same call with the
same key then gets that error again and again. So where an answer is such a replay, look whether the call had its
effect all the same, and try under the next key only if it had none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

KEYS = 5
"""Under how many keys a write is tried, one after the other, before it waits for the next run."""


def once(key: str, act: Callable[[str], T], look: Callable[[], T | None]) -> T:
    """What ``act`` answers under ``key``; ``look`` finds what it made already.

    Raises:
        stripe.StripeError: as ``act`` does, also after the last key.
    """
    import stripe

    for number in range(1, KEYS + 1):
        try:
            return act(key if number == 1 else f"{key}:{number}")
        except stripe.APIError as error:
            if number == KEYS or not _is_replayed(error.headers):
                raise
        found = look()
        if found is not None:
            return found
    raise AssertionError("the last key returns or raises")


def _is_replayed(headers: dict[str, str] | None) -> bool:
    return {name.lower(): value for name, value in (headers or {}).items()}.get("idempotent-replayed") == "true"
