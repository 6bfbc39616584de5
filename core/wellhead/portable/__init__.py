"""Configuration that moves between installations: records by name, as a file (decision 0017)."""
