"""From rows of scans to blocks of a tag and an hour."""
