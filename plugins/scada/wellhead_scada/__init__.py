"""Devices, scan groups, field tags, and the gateway that scans them."""
