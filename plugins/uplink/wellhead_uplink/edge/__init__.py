"""The side that sends: an outbox in the database, and a process that empties it."""
