"""Readings as rows of a hypertable, where the server has TimescaleDB."""
