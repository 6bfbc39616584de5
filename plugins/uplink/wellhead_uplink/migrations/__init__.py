"""Alembic revisions of the plugin uplink."""
