"""How readings lie in PostgreSQL: written, packed, read."""
