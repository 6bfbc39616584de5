"""A simulated oil field behind real protocol servers."""
