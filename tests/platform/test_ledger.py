"""The double-entry ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from provider.backend.port import RefusedError
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.platform.database import tables
from provider.platform.ledger import balance
from tests.platform.shop import Shop


def test_n9_every_entry_balances_and_cash_is_what_the_gateway_has(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.add("disk", 50)
    shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.add("memory", 4)

    records = shop.records()
    with records.read() as connection:
        sums = connection.execute(
            select(func.sum(tables.postings.c.amount)).group_by(tables.postings.c.journal_id)
        ).scalars()
        assert set(sums) == {Decimal("0.00")}
        assert balance(connection, "cash") == shop.charged == Decimal("6.99") + Decimal("5.00") + Decimal("7.00")
        assert balance(connection, "revenue") + balance(connection, "refunds") == -balance(connection, "cash")


def test_n2_a_due_of_zero_stands_in_the_ledger_as_such(any_shop: Shop) -> None:
    """SUSE Enterprise has raised the basis of the line; going back to a free system and on to a small offer is free."""
    shop = any_shop
    shop.buy(os="suse-enterprise-15")
    server = shop.server()
    shop.backend.configure_server(server.id, server.settings, os="debian-12", timeout_seconds=5)
    order = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    assert (order.status, order.amount) == ("active", Decimal("0.00"))
    assert len(shop.backend.payments()) == 1
    records = shop.records()
    with records.read() as connection:
        amounts = connection.execute(
            select(tables.postings.c.account, tables.postings.c.amount)
            .join(tables.journal)
            .where(tables.journal.c.order_id == order.id)
        ).all()
    assert {(row.account, row.amount) for row in amounts} == {("cash", Decimal("0.00")), ("revenue", Decimal("0.00"))}


def test_n2_every_active_order_has_a_charge_in_the_ledger(shop: Shop) -> None:
    shop.buy()
    shop.add("disk", 50)
    shop.apply(shop.plan(SetQuantity("vcpu", 1)))
    shop.apply(shop.plan(NewContract("vps-1", "debian-12", 1), "other"), name="other")
    records = shop.records()
    with records.read() as connection:
        charged = set(connection.execute(select(tables.journal.c.order_id)).scalars())
    assert charged == {order.id for order in shop.backend.orders()}
