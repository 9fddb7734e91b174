"""A refusal: a change that the rules do not allow, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is refused, and what to do instead.

    Attributes:
        rule: the number of the rule, such as ``"C2"``.
        attribute: the attribute that asks for the change, such as ``"offer"``.
        summary: one short sentence without a full stop, such as ``"Downgrade refused"``.
        detail: names the value, the reason and what to write or do instead.
    """

    rule: str
    attribute: str
    summary: str
    detail: str
