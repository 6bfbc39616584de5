"""Tenants: who has a schema of their own."""
