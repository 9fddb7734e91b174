"""The arithmetic and the words of a receipt (P8). Called by the platform when money moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from provider.commerce.pricing import ZERO, ChargeLine, contained_vat

KINDS = {"visa": "Visa", "mastercard": "MasterCard", "amex": "American Express", "paypal": "PayPal"}
"""The kinds of payment that can be used (S5), as their owners write them."""

_PART_OF_A_NUMBER = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was paid and what of it is VAT: ``net + vat == gross``, to the cent, also below zero."""

    net: Decimal
    vat: Decimal
    gross: Decimal

    def taken_back(self) -> Amounts:
        """The same below zero, for a credit note."""
        return Amounts(-self.net, -self.vat, -self.gross)


def amounts(lines: Sequence[ChargeLine], vat_percent: Decimal) -> Amounts:
    """The sum of the lines, whose prices include VAT, and its parts.

    The VAT is rounded once, of the sum, and the net amount is what is left: so the two always make the price.
    """
    gross = sum((line.amount for line in lines), ZERO)
    vat = contained_vat(gross, vat_percent)
    return Amounts(gross - vat, vat, gross)


def receipt_lines(lines: Sequence[ChargeLine], description: str) -> tuple[ChargeLine, ...]:
    """The lines of what is due; where nothing is due, one that says for what."""
    return tuple(lines) or (ChargeLine(description, ZERO),)


def taken_back(lines: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
    """The lines of a credit note that takes a whole receipt back."""
    return tuple(ChargeLine(line.description, -line.amount) for line in lines)


def means_in_words(kind: str, label: str) -> str:
    """What was paid with, in words and never with a part of its number (N8): the label, or else the kind's name."""
    if label and not _PART_OF_A_NUMBER.search(label):
        return label
    return KINDS.get(kind, kind)
