"""The words of the plugin's records."""

from enum import StrEnum


class Fluid(StrEnum):
    """What a reservoir holds beside its water (McCain's five fluids, and water alone)."""

    BLACK_OIL = "black oil"
    VOLATILE_OIL = "volatile oil"
    GAS_CONDENSATE = "gas condensate"
    WET_GAS = "wet gas"
    DRY_GAS = "dry gas"
    WATER = "water"
    UNKNOWN = "unknown"


class Drive(StrEnum):
    """What pushes the fluids to the wells, as far as it is known."""

    SOLUTION_GAS = "solution gas"
    GAS_CAP = "gas cap"
    WATER = "water"
    GRAVITY = "gravity drainage"
    COMPACTION = "compaction"
    COMBINATION = "combination"
    UNKNOWN = "unknown"
