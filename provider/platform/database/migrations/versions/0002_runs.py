"""Orders remember the run that takes them forward, and whom they wait for when none does.

What was open before waits for a worker, which takes it up.
"""

import sqlalchemy as sa
from alembic import op

from provider.platform.database.types import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # A column with a default is added in place: the table's triggers, indexes and foreign keys stay as they are.
    op.add_column("orders", sa.Column("run", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("waits_for", sa.String(length=16), nullable=True))
    op.add_column("orders", sa.Column("retry_at", Instant(), nullable=True))
    op.execute(
        "UPDATE orders SET waits_for = CASE status WHEN 'action_required' THEN 'customer' ELSE 'worker' END "
        "WHERE status NOT IN ('active', 'refunded', 'declined', 'cancelled')"
    )
