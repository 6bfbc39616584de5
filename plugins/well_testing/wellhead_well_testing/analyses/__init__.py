"""Analyses of tests: from what people enter to numbers, columns and plots, and what is kept."""
