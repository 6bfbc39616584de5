"""The words of the plugin's records."""

from collections.abc import Mapping
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


class ContactKind(StrEnum):
    """Between which fluids a contact lies; the free water level is where they would be in pores
    without capillary pressure."""

    GAS_OIL = "gas-oil"
    OIL_WATER = "oil-water"
    GAS_WATER = "gas-water"
    FREE_WATER = "free water level"


class Certainty(StrEnum):
    """Whether a contact was seen, or lies below the lowest known or above the highest known."""

    OBSERVED = "observed"
    BELOW = "below this depth"
    ABOVE = "above this depth"


class ContactMethod(StrEnum):
    """What a contact was found by."""

    LOGS = "logs"
    PRESSURES = "pressure gradients"
    CORE = "core"
    PRODUCTION = "production"
    SEISMIC = "seismic"
    ASSUMED = "assumed"


class RockMethod(StrEnum):
    """What the properties of rock were found by."""

    CORE = "core"
    LOGS = "logs"
    WELL_TEST = "well test"
    CORRELATION = "correlation"
    ANALOGUE = "analogue"
    ASSUMED = "assumed"


class SurveyKind(StrEnum):
    """How a pressure was measured."""

    STATIC = "static"
    BUILD_UP = "build-up"
    FALL_OFF = "fall-off"
    FORMATION_TESTER = "formation tester"
    OBSERVATION = "observation"


class Phase(StrEnum):
    """A fluid with a gradient of its own, from the top of a reservoir down."""

    GAS = "gas"
    OIL = "oil"
    WATER = "water"


class SampleKind(StrEnum):
    """Where a sample of a fluid was taken."""

    BOTTOM_HOLE = "bottom hole"
    RECOMBINED = "recombined separator"
    WELLHEAD = "wellhead"
    SEPARATOR_GAS = "separator gas"
    STOCK_TANK = "stock tank"
    FORMATION_TESTER = "formation tester"
    UNKNOWN = "unknown"


TABLE_OF: Mapping[str, Phase] = {
    Fluid.BLACK_OIL: Phase.OIL,
    Fluid.VOLATILE_OIL: Phase.OIL,
    Fluid.GAS_CONDENSATE: Phase.GAS,
    Fluid.WET_GAS: Phase.GAS,
    Fluid.DRY_GAS: Phase.GAS,
    Fluid.WATER: Phase.WATER,
}
"""Which phase's table a fluid has; of an unknown one it has to be said."""


class AquiferModel(StrEnum):
    """How an aquifer answers to a fall of pressure."""

    SCHILTHUIS = "schilthuis"
    HURST = "van everdingen-hurst"
    CARTER_TRACY = "carter-tracy"
    FETKOVICH = "fetkovich"


class Sought(StrEnum):
    """Where a number of a material balance is from."""

    FITTED = "fitted"
    HELD = "held"
    CALCULATED = "calculated"


class Regression(StrEnum):
    """What is fitted: the ratios of the usual plots, or F itself."""

    RATIOS = "ratios"
    VOLUMES = "volumes"


class HeldTo(StrEnum):
    """Which of a sample's measurements the correlations of an oil are made to meet."""

    NOTHING = "nothing"
    BUBBLE_POINT = "bubble point"
    ALL = "all points"
