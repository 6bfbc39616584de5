"""Fluids of a reservoir: what was measured of them, and what correlations make of it."""
