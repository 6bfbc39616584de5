"""Alembic's environment and the core's revisions: `platform` once, `tenant` in each tenant."""
