"""Pure calculations over numpy arrays: no Flask, no database.

Correlations work in the units that they were published in (psia, °F, scf/STB, cP, lb/ft³), gas and
stock tank oil at 60 °F and 14.696 psia, and so do volumes and material balance with the field's.
Whoever calls them converts. They refuse what is physically nothing (`within`); outside the data
that their authors had, correlations still answer, as engineers want them to, and
`correlations.warnings_of` says so.
"""
