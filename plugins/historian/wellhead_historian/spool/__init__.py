"""Where readings are safe before anybody is told that they are."""
