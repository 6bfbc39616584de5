"""What new readings mean for the tags that are calculated from them."""
