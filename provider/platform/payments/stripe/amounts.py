"""Stripe counts in a currency's smallest unit; Qual.IT in amounts of two decimals."""

from __future__ import annotations

from decimal import Decimal

from provider.money import Money
from provider.platform.payments.port import GatewayRefusedError

WITHOUT_CENTS = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905 - as a page lists them
)
"""Stripe's zero-decimal currencies, and the two (ISK, UGX) that it takes with two decimals which must be 00."""
OF_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def minor_units(amount: Money) -> int:
    """The amount in the smallest unit of its currency.

    Raises:
        GatewayRefusedError: the currency has no hundredths, or there is nothing to pay.
    """
    decimals = 0 if amount.currency in WITHOUT_CENTS else 3 if amount.currency in OF_THOUSANDTHS else 2
    if decimals != 2:
        raise GatewayRefusedError(
            f"{amount} cannot be paid with Stripe: {amount.currency} has {decimals} decimals there, and prices of this "
            "catalogue have 2; use a catalogue in another currency, such as EUR"
        )
    if amount.amount <= 0:
        raise GatewayRefusedError(f"a payment of {amount} is not possible")
    return int(amount.amount.scaleb(2))


def money_of(units: int, currency: str) -> Money:
    return Money(Decimal(units).scaleb(-2), currency.upper())
