"""Refusals of commerce as errors of the platform."""

from __future__ import annotations

from collections.abc import Sequence

from provider.backend.port import RefusedError
from provider.commerce.refusal import Refusal


def raise_refusals(refusals: Sequence[Refusal]) -> None:
    """Raise the first refusal with the text of all of them; none raises nothing."""
    if refusals:
        first = refusals[0]
        detail = "\n".join(refusal.detail for refusal in refusals)
        raise RefusedError(first.summary, detail, rule=first.rule, attribute=first.attribute or None)
