"""The plugin `witsml`."""
