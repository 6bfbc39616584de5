"""Who changed what: one row a write, in the transaction of the write."""
