"""The first tables."""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Cents, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "catalogues",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_catalogues"),
    )
    op.create_table(
        "contracts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("anchor_day", sa.Integer(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('vps', 'order')", name="ck_contracts_kind"),
        sa.CheckConstraint("status IN ('ordered', 'active', 'suspended', 'ended')", name="ck_contracts_status"),
        sa.PrimaryKeyConstraint("id", name="pk_contracts"),
    )
    op.create_index("ix_contracts_kind_name_generation", "contracts", ["kind", "name", "generation"], unique=True)
    op.create_index(
        "uq_contracts_living",
        "contracts",
        ["kind", "name"],
        unique=True,
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_table(
        "home",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_instant", Instant(), nullable=False),
        sa.CheckConstraint("clock IN ('real', 'test')", name="ck_home_clock"),
        sa.CheckConstraint("id = 1", name="ck_home_single"),
        sa.PrimaryKeyConstraint("id", name="pk_home"),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quote_id", sa.String(length=40), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.Column("refunded", Cents(), nullable=False),
        sa.Column("credit", Cents(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("monthly_price", Cents(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=True),
        sa.Column("action_url", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("action_required_at", Instant(), nullable=True),
        sa.Column("paid_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.CheckConstraint("amount >= 0 AND refunded >= 0 AND refunded <= amount", name="ck_orders_amounts"),
        sa.PrimaryKeyConstraint("number", name="pk_orders"),
        sa.UniqueConstraint("id", name="uq_orders_id"),
    )
    op.create_index("ix_orders_status", "orders", ["status"], unique=False)
    op.create_index(
        "uq_orders_natural_key",
        "orders",
        ["contract_id", "line", "revision"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('declined', 'cancelled', 'refunded')"),
        postgresql_where=sa.text("status NOT IN ('declined', 'cancelled', 'refunded')"),
    )
    op.create_table(
        "bases",
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_bases_contract_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contract_id", "line", "period", name="pk_bases"),
    )
    op.create_table(
        "improvements",
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name="fk_improvements_contract_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract_id", "line", "position", name="pk_improvements"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('charge', 'refund')", name="ck_journal_kind"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_journal_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_contract_id", "journal", ["contract_id"], unique=False)
    op.create_index("ix_journal_order_id_kind", "journal", ["order_id", "kind"], unique=True)
    op.create_table(
        "lines",
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("monthly_price", Cents(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("os", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_lines_contract_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contract_id", "line", name="pk_lines"),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("characteristics", sa.JSON(), nullable=False),
        sa.Column("catalogue_fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_fingerprint"], ["catalogues.fingerprint"], name="fk_offers_catalogue_fingerprint"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
    )
    op.create_table(
        "periods",
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name="ck_periods_order"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_periods_contract_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contract_id", "number", name="pk_periods"),
    )
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("periods", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("catalogue_fingerprint", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalogue_fingerprint"], ["catalogues.fingerprint"], name="fk_quotes_catalogue_fingerprint"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quotes"),
    )
    op.create_index("ix_quotes_contract_id_line_revision", "quotes", ["contract_id", "line", "revision"], unique=False)
    op.create_table(
        "servers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("machine_uuid", sa.String(length=36), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("installed_os", sa.Text(), nullable=True),
        sa.Column("ceiling", sa.JSON(), nullable=False),
        sa.Column("power_state", sa.String(length=16), nullable=False),
        sa.Column("hostname", sa.String(length=255), nullable=True),
        sa.Column("ssh_keys", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("deletion_protection", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("status IN ('reserved', 'provisioning', 'active', 'ended')", name="ck_servers_status"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_servers_contract_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_servers"),
    )
    op.create_index(
        "uq_servers_living_contract",
        "servers",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_index(
        "uq_servers_living_name",
        "servers",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_table(
        "addresses",
        sa.Column("ip", sa.String(length=15), nullable=False),
        sa.Column("mac", sa.String(length=17), nullable=False),
        sa.Column("server_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint("source IN ('offer', 'addition')", name="ck_addresses_source"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_addresses_server_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ip", name="pk_addresses"),
    )
    op.create_index("ix_addresses_mac", "addresses", ["mac"], unique=True)
    op.create_index("ix_addresses_server_id_position", "addresses", ["server_id", "position"], unique=True)
    op.create_table(
        "postings",
        sa.Column("journal_id", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("amount", Cents(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("account IN ('cash', 'revenue', 'refunds', 'credit')", name="ck_postings_account"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_postings_journal_id"),
        sa.PrimaryKeyConstraint("journal_id", "account", name="pk_postings"),
    )
    _make_ledger_immutable()


def _make_ledger_immutable() -> None:
    """What the ledger says is never changed: a mistake is corrected by another entry."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$"
        )
    for table in ("journal", "postings"):
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            action = (
                "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
                if op.get_bind().dialect.name == "postgresql"
                else "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {action}")
