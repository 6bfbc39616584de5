"""The physics of the simulated field: pure functions and state steps, no input or output.

Units throughout: pressure bar (absolute), rate m3/d at stock-tank conditions, length m,
temperature degC, frequency Hz, power kW, time s.
"""
