"""Receipts and credit notes, never changed once written; the account's data; what an order is paid with, in words.

Orders of earlier releases get their receipts from the reconciler, by the code that writes all others.
"""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("orders", sa.Column("payment_means", sa.Text(), nullable=True))
    op.create_table(
        "receipts",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("series IN ('R', 'C')", name="ck_receipts_series"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_receipts_journal_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_receipts_order_id"),
        sa.PrimaryKeyConstraint("number", name="pk_receipts"),
    )
    op.create_index("ix_receipts_series_year_serial", "receipts", ["series", "year", "serial"], unique=True)
    op.create_index("ix_receipts_journal_id", "receipts", ["journal_id"], unique=True)
    op.create_index("ix_receipts_order_id", "receipts", ["order_id"], unique=False)
    op.create_table(
        "receipt_series",
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_receipt_series"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "company", "street", "postal_code", "city")),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("vat_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_account_single"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
    )
    _make_receipts_immutable()


def _make_receipts_immutable() -> None:
    """What a receipt says is never changed: a mistake is corrected by a credit note."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a receipt is never changed'; END $$"
        )
    for event in ("UPDATE", "DELETE"):
        action = (
            "FOR EACH ROW EXECUTE FUNCTION refuse_receipt_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END"
        )
        op.execute(f"CREATE TRIGGER receipts_no_{event.lower()} BEFORE {event} ON receipts {action}")
