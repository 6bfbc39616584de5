"""Acme tank gauges for Wellhead."""
