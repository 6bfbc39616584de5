"""What `make proto` makes of sparkplug_b.proto; not written by hand."""
