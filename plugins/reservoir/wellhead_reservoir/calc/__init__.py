"""The plugin's calculations: pure functions over numpy arrays, without Flask or database.

They work in the field's units as the literature has them (psia, °F, STB, scf, rb, ft, mD, cP),
which each function names; callers convert. NaN in gives NaN out; what lies outside the range that a
formula holds for is a WellheadError that names the argument.
"""
