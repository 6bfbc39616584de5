"""Revisions of the core in each tenant's schema."""
