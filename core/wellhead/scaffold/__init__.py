"""What `wellhead plugin new` writes: a whole package that works before its author touches it."""
