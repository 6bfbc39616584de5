"""Wellhead: an open-source backend for oil and gas field operations."""

__version__ = "0.1.0"
