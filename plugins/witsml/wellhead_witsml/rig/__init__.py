"""A simulated rig that drills and writes what it measures into a WITSML store."""
