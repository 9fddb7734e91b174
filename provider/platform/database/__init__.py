"""The platform's own records: tables, engine, schema versions. SQLite in the home, or PostgreSQL."""
