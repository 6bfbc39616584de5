"""Volumes of a fluid at other standard conditions, where somebody asks for those by name.

Gas goes by the ideal gas law, oil by API MPMS 11.1 for one density, since the factor between the
conditions that are in use hardly depends on it. Water is taken as it is: between 0 °C and 60 °F it
changes by less than 0.1 %.
"""

from wellhead import sdk
from wellhead_production.vocabulary import Fluid

OIL_DENSITY = 850.0
"""kg/m3 at 60 °F: of 700 to 950 the factor between 15 °C and 60 °F differs by less than 0.04 %."""


def volume_factor(fluid: str, stated: str, asked: str) -> float:
    """What a volume at the conditions `stated` is multiplied by to be the same at `asked`. Raises
    WellheadError for conditions that are unknown."""
    if fluid == Fluid.GAS:
        return sdk.units.gas_volume_factor(stated, asked)
    if fluid == Fluid.OIL:
        return sdk.units.oil_volume_factor(stated, asked, OIL_DENSITY)
    return 1.0
