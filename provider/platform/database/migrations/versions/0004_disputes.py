"""Disputes of payments, and entries of the ledger for what gives money back from outside: a lost dispute, a refund by
hand. Such an entry has a reference, so that an order may have several of a kind.
"""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Cents, Instant

revision = "0004"
down_revision = "0003"

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

    Postings refer to the journal, and foreign keys are enforced, so the new ones refer to the new journal before the
    old tables go, the referring one first. Renaming takes the reference along. The triggers go with the old tables.
    """
    op.create_table(
        "journal_new",
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
        "postings_new",
        sa.Column("journal_id", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(ACCOUNTS, name="ck_postings_account"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal_new.id"], name="fk_postings_journal_id"),
        sa.PrimaryKeyConstraint("journal_id", "account", name="pk_postings"),
    )
    op.execute(
        "INSERT INTO journal_new (id, order_id, contract_id, kind, at) "
        "SELECT id, order_id, contract_id, kind, at FROM journal"
    )
    op.execute("INSERT INTO postings_new SELECT journal_id, account, amount, currency FROM postings")
    for table in ("postings", "journal"):
        op.drop_table(table)
    for table in ("journal", "postings"):
        op.rename_table(f"{table}_new", table)
    op.create_index("ix_journal_contract_id", "journal", ["contract_id"], unique=False)
    for table in ("journal", "postings"):
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
            )
