"""Device templates: a kind of device with its scan groups and tags, described once in a file."""
