"""What moved the cash of a home: payments, refunds by hand at the gateway, entries of the ledger."""

from __future__ import annotations

from decimal import Decimal

from provider.money import Money
from provider.platform import ledger
from provider.platform.payments.port import Intent
from tests.platform.shop import Shop


def payment(shop: Shop, number: int = 0) -> Intent:
    return shop.gateway.intents()[number]


def refund_by_hand(shop: Shop, amount: Decimal, key: str, number: int = 0) -> None:
    shop.gateway.refund(payment(shop, number).id, Money(amount, "EUR"), idempotency_key=key)


def kinds(shop: Shop) -> list[tuple[str, Decimal]]:
    with shop.records().read() as connection:
        return [(entry.kind, entry.cash) for entry in ledger.entries(connection)]
