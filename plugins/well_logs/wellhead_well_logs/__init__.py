"""The plugin `well_logs`."""
