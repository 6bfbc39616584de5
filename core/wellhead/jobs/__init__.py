"""Jobs: what runs when, in the scheduler process, and how each run ended."""
