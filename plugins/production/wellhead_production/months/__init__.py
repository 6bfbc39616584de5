"""Months: closed for good, and adjusted in later ones."""
