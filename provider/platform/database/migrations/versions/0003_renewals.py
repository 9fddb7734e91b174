"""A contract keeps the ``max_charge`` of its resource, which bounds its renewals too (L1)."""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Cents

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("contracts", sa.Column("max_charge", Cents(), nullable=True))
