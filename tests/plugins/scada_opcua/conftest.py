"""Hypothesis judges what happens here, not how fast a shared machine is."""

from hypothesis import settings

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
