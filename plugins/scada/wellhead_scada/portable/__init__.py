"""Devices, scan groups and tags for `wellhead config`: by name, in files, and back."""
