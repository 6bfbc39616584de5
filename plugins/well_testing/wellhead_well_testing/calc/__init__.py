"""Well testing's calculations: pure functions over numpy arrays, without Flask or database.

They work in the field's units as published: psia, hours, STB/d of oil (Mscf/d of gas), cP, mD, ft,
1/psi. Rates are positive for production and negative for injection. Whatever lies outside the range
that a formula holds for is a WellheadError that names the argument.
"""
