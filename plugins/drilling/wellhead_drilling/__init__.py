"""The plugin `drilling`."""
