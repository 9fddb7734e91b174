"""The home remembers the account's default payment method, which is unset until one is chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("home", sa.Column("default_payment_method", sa.Text(), nullable=True))
