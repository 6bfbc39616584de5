"""From the spool into the store, in order, exactly once."""
