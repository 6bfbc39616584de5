"""Edge to centre: readings passed on, in order and exactly once, over links that fail."""
