"""The core's own routes."""
