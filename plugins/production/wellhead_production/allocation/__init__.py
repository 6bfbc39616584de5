"""Allocation of what networks of wells produced: inputs, runs as versions, what changed since."""
