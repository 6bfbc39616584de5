"""Calculated tags and totals."""
