"""The historian's HTTP API."""
