"""An account may have a spending limit, and a quote remembers whose price it holds."""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Cents

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("home", sa.Column("spending_limit", Cents(), nullable=True))
    op.add_column("home", sa.Column("spending_currency", sa.String(length=3), nullable=True))
    op.add_column("quotes", sa.Column("name", sa.Text(), nullable=True))
