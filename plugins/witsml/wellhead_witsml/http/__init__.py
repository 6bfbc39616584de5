"""The HTTP API of the plugin."""
