"""Alembic's migrations, run by provider.platform.database.schema."""
