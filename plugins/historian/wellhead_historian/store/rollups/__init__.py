"""Roll-ups: readings summed up by the minute, the hour and the day, as they are packed."""
