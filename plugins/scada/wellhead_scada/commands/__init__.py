"""Commands to the field: asked for, checked, sent once, read back, with a trace of each step."""
