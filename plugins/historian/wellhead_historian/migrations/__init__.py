"""The historian's Alembic revisions."""
