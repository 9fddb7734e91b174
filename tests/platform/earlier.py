"""Records as an earlier release left them, made from today's."""

from __future__ import annotations

from sqlalchemy import text

from tests.platform.shop import Shop


def alter(shop: Shop, statement: str, **values: object) -> None:
    shop.records().write(lambda connection: connection.execute(text(statement), values))


def workflow_table(shop: Shop) -> str:
    return "workflow_status" if shop.database_url is None else "dbos.workflow_status"


def back_to_first_schema(shop: Shop) -> None:
    """The records as the program wrote them before orders had runs and receipts."""
    for table in ("receipts", "receipt_series", "account", "disputes"):
        alter(shop, f"DROP TABLE {table}")
    if shop.database_url is not None:
        alter(shop, "DROP FUNCTION refuse_receipt_change")
    for column in ("run", "waits_for", "retry_at", "payment_means"):
        alter(shop, f"ALTER TABLE orders DROP COLUMN {column}")
    alter(shop, "DROP INDEX ix_journal_order_id_kind_reference")
    alter(shop, "ALTER TABLE journal DROP COLUMN reference")
    alter(shop, "CREATE UNIQUE INDEX ix_journal_order_id_kind ON journal (order_id, kind)")
    alter(shop, "ALTER TABLE contracts DROP COLUMN max_charge")
    for column in ("default_payment_method", "gateway", "gateway_customer", "spending_limit", "spending_currency"):
        alter(shop, f"ALTER TABLE home DROP COLUMN {column}")
    alter(shop, "ALTER TABLE quotes DROP COLUMN name")
    alter(shop, "DROP TABLE payment_events")
    alter(shop, "ALTER TABLE orders DROP COLUMN restart")
    alter(shop, "ALTER TABLE servers DROP COLUMN allow_restart")
    alter(shop, "UPDATE alembic_version SET version_num = '0001'")
    alter(shop, f"DELETE FROM {workflow_table(shop)}")  # noqa: S608
