"""Alembic revisions of the plugin `scada`."""
