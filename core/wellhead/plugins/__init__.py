"""Finding, ordering, isolating and asking plugins."""
