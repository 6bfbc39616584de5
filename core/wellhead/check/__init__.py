"""What `wellhead plugin check` does: load one plugin, ask for rules about it, judge each."""
