"""Reservoir: rock, fluids, contacts, pressures, and what a reservoir holds."""
