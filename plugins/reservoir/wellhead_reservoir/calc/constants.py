"""Constants of the field's units."""

RANKINE = 459.67
"""Added to °F to make °R."""

GAS_CONSTANT = 10.731577
"""psi·ft³/(lb-mol·°R)."""

AIR = 28.9647
"""Molar mass of dry air, lb/lb-mol (ISO 6976)."""

STANDARD_PRESSURE = 14.696
"""psia that the correlations' scf are at."""

STANDARD_TEMPERATURE = 60.0 + RANKINE
"""°R that the correlations' scf and STB are at."""

CUBIC_FEET_PER_BARREL = 5.614583333333333
"""ft³ of 42 US gallons."""

WATER_DENSITY = 62.366
"""lb/ft³ of fresh water at 60 °F, 999.012 kg/m³, which gravities of liquids are compared with."""
