"""A server remembers whether it may restart to be improved, and an order whether it may restart it and has begun to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("servers", sa.Column("allow_restart", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("orders", sa.Column("restart", sa.String(length=8), nullable=True))
