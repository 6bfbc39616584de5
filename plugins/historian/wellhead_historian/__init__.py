"""The historian: readings from a gateway's spool to PostgreSQL, exactly once, and back."""
