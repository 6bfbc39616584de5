"""WITSML's data objects as plain values, read from and written to both versions."""
