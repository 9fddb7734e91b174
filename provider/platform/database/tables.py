"""The tables, as SQLAlchemy Core states them. A migration makes each of them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

from provider.platform.database.types import Cents, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LIVING = text("status <> 'ended'")
NOT_VOID = text("status NOT IN ('declined', 'cancelled', 'refunded')")

home = Table(
    "home",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", String(40), nullable=False),
    Column("clock", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_instant", Instant, nullable=False),
    Column("default_payment_method", Text),
    Column("gateway", String(16), nullable=False, server_default="sandbox"),
    Column("gateway_customer", Text),
    Column("spending_limit", Cents),
    Column("spending_currency", String(3)),
    CheckConstraint("id = 1", name="single"),
    CheckConstraint("clock IN ('real', 'test')", name="clock"),
)

catalogues = Table(
    "catalogues",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("characteristics", JSON, nullable=False),
    Column("catalogue_fingerprint", Text, ForeignKey("catalogues.fingerprint"), nullable=False),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("contract_id", String(40), nullable=False),
    Column("line", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("periods", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("proposal", JSON, nullable=False),
    Column("catalogue_fingerprint", Text, ForeignKey("catalogues.fingerprint"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("order_id", String(40)),
    Column("name", Text),
    Index(None, "contract_id", "line", "revision"),
)

contracts = Table(
    "contracts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("anchor_day", Integer, nullable=False),
    Column("term_months", Integer, nullable=False),
    Column("payment_method", Text, nullable=False),
    Column("auto_renew", Boolean, nullable=False),
    Column("grace_days", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("max_charge", Cents),
    CheckConstraint("kind IN ('vps', 'order')", name="kind"),
    CheckConstraint("status IN ('ordered', 'active', 'suspended', 'ended')", name="status"),
    Index(None, "kind", "name", "generation", unique=True),
    Index("uq_contracts_living", "kind", "name", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
)

periods = Table(
    "periods",
    metadata,
    Column("contract_id", ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("months", Integer, nullable=False),
    CheckConstraint("ends_on > starts_on", name="order"),
)

lines = Table(
    "lines",
    metadata,
    Column("contract_id", ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True),
    Column("line", String(16), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("monthly_price", Cents, nullable=False),
    Column("offer", Text),
    Column("os", Text),
    Column("quantity", Integer, nullable=False),
)

bases = Table(
    "bases",
    metadata,
    Column("contract_id", ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True),
    Column("line", String(16), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("amount", Cents, nullable=False),
)

improvements = Table(
    "improvements",
    metadata,
    Column("contract_id", ForeignKey("contracts.id", ondelete="CASCADE"), primary_key=True),
    Column("line", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("order_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("contract_id", String(40), nullable=False),
    Column("line", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("quote_id", String(40), nullable=False),
    Column("proposal", JSON, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount", Cents, nullable=False),
    Column("refunded", Cents, nullable=False),
    Column("credit", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("monthly_price", Cents, nullable=False),
    Column("payment_method", Text, nullable=False),
    Column("intent_id", Text),
    Column("action_url", Text),
    Column("failure", Text),
    Column("placed_at", Instant, nullable=False),
    Column("action_required_at", Instant),
    Column("paid_at", Instant),
    Column("finished_at", Instant),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("waits_for", String(16)),
    Column("retry_at", Instant),
    Column("payment_means", Text),
    Column("restart", String(8)),
    CheckConstraint("amount >= 0 AND refunded >= 0 AND refunded <= amount", name="amounts"),
    Index(
        "uq_orders_natural_key",
        "contract_id",
        "line",
        "revision",
        unique=True,
        sqlite_where=NOT_VOID,
        postgresql_where=NOT_VOID,
    ),
    Index(None, "status"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("contract_id", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reference", String(255), nullable=False, server_default=""),
    CheckConstraint("kind IN ('charge', 'refund', 'refund-by-hand', 'dispute')", name="kind"),
    Index(None, "order_id", "kind", "reference", unique=True),
    Index(None, "contract_id"),
)

postings = Table(
    "postings",
    metadata,
    Column("journal_id", ForeignKey("journal.id"), primary_key=True),
    Column("account", String(16), primary_key=True),
    Column("amount", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    CheckConstraint("account IN ('cash', 'revenue', 'refunds', 'credit', 'disputes')", name="account"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("payment_id", String(255), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("contract_id", String(40), nullable=False),
    Column("status", String(8), nullable=False),
    Column("amount", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("decided_at", Instant),
    CheckConstraint("status IN ('open', 'won', 'lost')", name="status"),
    CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
    Index(None, "contract_id"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("series", String(1), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("journal_id", ForeignKey("journal.id"), nullable=False),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("document", JSON, nullable=False),
    CheckConstraint("series IN ('R', 'C')", name="series"),
    Index(None, "series", "year", "serial", unique=True),
    Index(None, "journal_id", unique=True),
    Index(None, "order_id"),
)

receipt_series = Table(
    "receipt_series",
    metadata,
    Column("series", String(1), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("street", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("vat_id", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

servers = Table(
    "servers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("contract_id", ForeignKey("contracts.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("machine_uuid", String(36), nullable=False),
    Column("host", Text),
    Column("installed_os", Text),
    Column("ceiling", JSON, nullable=False),
    Column("power_state", String(16), nullable=False),
    Column("hostname", String(255)),
    Column("ssh_keys", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("deletion_protection", Boolean, nullable=False),
    Column("allow_restart", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("status IN ('reserved', 'provisioning', 'active', 'ended')", name="status"),
    Index("uq_servers_living_name", "name", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
    Index("uq_servers_living_contract", "contract_id", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
)

addresses = Table(
    "addresses",
    metadata,
    Column("ip", String(15), primary_key=True),
    Column("mac", String(17), nullable=False),
    Column("server_id", ForeignKey("servers.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", String(16), nullable=False),
    Column("order_id", String(40)),
    CheckConstraint("source IN ('offer', 'addition')", name="source"),
    Index(None, "mac", unique=True),
    Index(None, "server_id", "position", unique=True),
)

payment_events = Table(
    "payment_events",
    metadata,
    Column("cursor", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("intent_id", Text, nullable=False),
    Column("order_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)
