"""What a reservoir holds by its size: oil and gas initially in place.

Source: Craft and Hawkins, Applied Petroleum Reservoir Engineering, 3rd ed. (2015), sections 3.2 and
4.2; N = 7,758·A·h·φ·(1 − Sw)/Boi, G = 43,560·A·h·φ·(1 − Sw)/Bgi.
"""

from wellhead import sdk
from wellhead_reservoir.calc.constants import CUBIC_FEET_PER_BARREL

CUBIC_FEET_PER_ACRE_FOOT = 43_560.0
BARRELS_PER_ACRE_FOOT = CUBIC_FEET_PER_ACRE_FOOT / CUBIC_FEET_PER_BARREL
"""7,758.37, which books round to 7,758."""


def hydrocarbon_volume(
    area: sdk.Numbers,
    thickness: sdk.Numbers,
    net_to_gross: sdk.Numbers,
    porosity: sdk.Numbers,
    water_saturation: sdk.Numbers,
) -> sdk.Array:
    """acre·ft of pores that hold hydrocarbons: A·h·NTG·φ·(1 − Sw).

    area: acres, above 0 to 1e7; thickness: gross, ft, above 0 to 10,000; net_to_gross, porosity,
    water_saturation: fractions, 0 to 1 (porosity to 0.6)
    """
    rock = sdk.within("area", area, 0, 1e7, "acre", above=True) * sdk.within(
        "thickness", thickness, 0, 10_000, "ft", above=True
    )
    pay = sdk.within("net_to_gross", net_to_gross, 0, 1, "fraction")
    pores = sdk.within("porosity", porosity, 0, 0.6, "fraction")
    return rock * pay * pores * (1 - sdk.within("water_saturation", water_saturation, 0, 1, "1"))


def oil_in_place(volume: sdk.Numbers, boi: sdk.Numbers) -> sdk.Array:
    """STB: 7,758·V/Boi. volume: as `hydrocarbon_volume`, acre·ft; boi: rb/STB, 0.9 to 5."""
    return BARRELS_PER_ACRE_FOOT * volume / sdk.within("boi", boi, 0.9, 5, "rb/STB")


def gas_in_place(volume: sdk.Numbers, bgi: sdk.Numbers) -> sdk.Array:
    """scf: 43,560·V/Bgi. volume: as `hydrocarbon_volume`, acre·ft; bgi: ft³/scf, above 0 to 1.2."""
    return CUBIC_FEET_PER_ACRE_FOOT * volume / sdk.within("bgi", bgi, 0, 1.2, "ft3/scf", above=True)
