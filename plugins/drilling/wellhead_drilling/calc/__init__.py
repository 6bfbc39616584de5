"""Drilling's calculations: pure functions over numpy arrays, in SI, without Flask or database.

Arguments are numbers or float64 arrays that broadcast against each other; a result has their shape.
NaN in gives NaN out. Whatever lies outside the range that a formula holds for is a WellheadError
that names the argument.
"""
