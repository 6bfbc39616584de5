"""Live values: from the database's notifications to WebSocket clients, in frames encoded once."""
