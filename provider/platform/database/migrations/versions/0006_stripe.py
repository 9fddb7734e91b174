"""A home remembers its payment gateway and its customer there, and what the gateway told.

Every home until now pays with the sandbox.
"""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Columns that are added in place, as in 0002.
    op.add_column("home", sa.Column("gateway", sa.String(length=16), nullable=False, server_default="sandbox"))
    op.add_column("home", sa.Column("gateway_customer", sa.Text(), nullable=True))
    op.create_table(
        "payment_events",
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_payment_events")),
        sa.UniqueConstraint("id", name=op.f("uq_payment_events_id")),
    )
