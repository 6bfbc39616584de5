"""The calculator: evaluates what is marked, in the order in which one result needs another."""
