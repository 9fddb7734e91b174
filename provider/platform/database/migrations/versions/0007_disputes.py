"""Disputes of payments, and entries of the ledger for what gives money back from outside: a lost dispute, a refund by
hand. Such an entry has a reference, so that an order may have several of a kind.
"""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Cents, Instant

revision = "0007"
down_revision = "0006"

KINDS = "kind IN ('charge', 'refund', 'refund-by-hand', 'dispute')"
ACCOUNTS = "account IN ('cash', 'revenue', 'refunds', 'credit', 'disputes')"


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("payment_id", sa.String(length=255), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'won', 'lost')", name="ck_disputes_status"),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="ck_disputes_decided"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_disputes_order_id"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_contract_id", "disputes", ["contract_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _alter()
    else:
        _copy()
    op.create_index("ix_journal_order_id_kind_reference", "journal", ["order_id", "kind", "reference"], unique=True)


def _alter() -> None:
    """PostgreSQL changes the tables in place, and their triggers stay."""
    op.add_column("journal", sa.Column("reference", sa.String(length=255), nullable=False, server_default=""))
    op.alter_column("journal", "kind", type_=sa.String(length=16))
    op.drop_constraint("ck_journal_kind", "journal", type_="check")
    op.create_check_constraint("ck_journal_kind", "journal", KINDS)
    op.drop_constraint("ck_postings_account", "postings", type_="check")
    op.create_check_constraint("ck_postings_account", "postings", ACCOUNTS)
    op.drop_index("ix_journal_order_id_kind", "journal")


def _copy() -> None:
    """SQLite cannot change a constraint: both tables are made anew, with what they have.

    Others refer to the journal. Until the transaction ends its entries may be gone; put back, they are found again.
    The triggers went with the old tables.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    for table in ("postings", "journal"):
        op.execute(f"CREATE TABLE earlier_{table} AS SELECT * FROM {table}")  # noqa: S608 (a constant)
        op.drop_table(table)
    op.create_table(
        "journal",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False, server_default=""),
        sa.CheckConstraint(KINDS, name="ck_journal_kind"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_journal_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_table(
        "postings",
        sa.Column("journal_id", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(ACCOUNTS, name="ck_postings_account"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_postings_journal_id"),
        sa.PrimaryKeyConstraint("journal_id", "account", name="pk_postings"),
    )
    op.execute(
        "INSERT INTO journal (id, order_id, contract_id, kind, at) "
        "SELECT id, order_id, contract_id, kind, at FROM earlier_journal"
    )
    op.execute("INSERT INTO postings SELECT journal_id, account, amount, currency FROM earlier_postings")
    for table in ("postings", "journal"):
        op.drop_table(f"earlier_{table}")
    op.create_index("ix_journal_contract_id", "journal", ["contract_id"], unique=False)
    for table in ("journal", "postings"):
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
            )
