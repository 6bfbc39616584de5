"""Revisions of the plugin `acme`."""
