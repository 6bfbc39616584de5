"""Directional surveys: what was measured along a wellbore, and where that puts it."""
