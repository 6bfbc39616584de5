"""Report by exception: of what a tag reads, only what says something new is kept."""
