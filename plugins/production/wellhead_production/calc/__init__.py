"""Calculations over numbers and arrays, without Flask and without a database."""
