"""Expressions over tags: from text to checked units to columns of values. Pure: no database."""
