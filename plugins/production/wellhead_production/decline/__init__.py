"""Decline curves: what a well is going to produce if it goes on as it did.

The pure functions (`arps`, `effective`, `fit`) know no Flask and no database. They take any unit of
volume and any unit of time, as long as rates, declines and times have the same ones; the plugin
calls them with Sm3 and days.
"""
