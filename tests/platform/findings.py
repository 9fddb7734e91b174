"""Damage to a home from outside, and what the reconciler finds of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

from sqlalchemy import create_engine, text

from provider.money import Money
from provider.platform.database.engine import DATABASE_FILE
from provider.platform.payments.port import Intent
from provider.platform.reconcile.finding import Finding, Report
from tests.platform.shop import Shop

PRICE = Decimal("6.99")


def damage(shop: Shop, statement: str, **values: object) -> None:
    """Change the records from outside, past the keys and the triggers that protect the ledger."""
    if shop.database_url is None:
        with closing(sqlite3.connect(shop.home / DATABASE_FILE, timeout=30)) as connection, connection:
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute(statement, values)
        return
    engine = create_engine(shop.database_url)
    with engine.begin() as server:
        server.execute(text("SET session_replication_role = replica"))
        server.execute(text(statement), values)
    engine.dispose()


def charge(shop: Shop, order_id: str, key: str, amount: Decimal = PRICE) -> Intent:
    """Charge something for an order at the gateway, past the platform."""
    intent = shop.gateway.create_intent(
        order_id=order_id, amount=Money(amount, "EUR"), method_id="test-visa", idempotency_key=key
    )
    return shop.gateway.confirm(intent.id, idempotency_key=f"{key}:confirm")


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    assert [finding.code for finding in findings] == [code]
    assert findings[0].remedy
    return findings[0]


def agrees(report: Report) -> bool:
    return not (report.repaired or report.unexplained or report.information or report.busy)


def the_order(shop: Shop) -> str:
    (order,) = shop.backend.orders()
    return order.id
