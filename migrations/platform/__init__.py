"""Revisions of the schema `platform`."""
