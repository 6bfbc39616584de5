"""History from elsewhere into the historian: files of readings, checked, stored, and once."""
