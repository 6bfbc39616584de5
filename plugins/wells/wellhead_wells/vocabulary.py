"""The closed lists wells are described with, as WITSML 1.4.1.1 spells them.

Keeping WITSML's own words means a well read from a rig's store and one typed in by a person carry
the same status, and nothing has to be translated on the way in or out.
"""

from collections.abc import Mapping
from enum import StrEnum


class WellStatus(StrEnum):
    """Where a well or wellbore stands (WITSML WellStatus)."""

    PROPOSED = "proposed"
    PERMITTED = "permitted"
    DRILLING = "drilling"
    COMPLETED = "completed"
    ACTIVE = "active"
    PRODUCING = "active -- producing"
    INJECTING = "active -- injecting"
    TESTING = "testing"
    WORKING_OVER = "working over"
    SUSPENDED = "suspended"
    TEMPORARILY_ABANDONED = "temporarily abandoned"
    PARTIALLY_PLUGGED = "partially plugged"
    PLUGGED_AND_ABANDONED = "plugged and abandoned"
    ABANDONED = "abandoned"
    SOLD = "sold"
    TIGHT = "tight"
    UNKNOWN = "unknown"


class WellType(StrEnum):
    """Which way fluid flows (WITSML WellDirection)."""

    PRODUCER = "producer"
    INJECTOR = "injector"
    HUFF_N_PUFF = "huff-n-puff"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


class WellPurpose(StrEnum):
    """Why a well was drilled (the main classes of WITSML WellPurpose)."""

    EXPLORATION = "exploration"
    APPRAISAL = "appraisal"
    DEVELOPMENT = "development"
    FLUID_STORAGE = "fluid storage"
    GENERAL_SERVICE = "general srvc"
    OBSERVATION = "general srvc -- observation"
    RELIEF = "general srvc -- relief"
    RESEARCH = "general srvc -- research"
    WASTE_DISPOSAL = "general srvc -- waste disposal"
    MINERAL = "mineral"
    UNKNOWN = "unknown"


class WellFluid(StrEnum):
    """What a well mainly moves (WITSML WellFluid)."""

    OIL = "oil"
    OIL_GAS = "oil-gas"
    OIL_WATER = "oil-water"
    GAS = "gas"
    GAS_WATER = "gas-water"
    CONDENSATE = "condensate"
    WATER = "water"
    BRINE = "water -- brine"
    FRESH_WATER = "water -- fresh water"
    STEAM = "steam"
    AIR = "air"
    NON_HC_GAS = "non HC gas"
    CARBON_DIOXIDE = "non HC gas -- CO2"
    DRY = "dry"
    UNKNOWN = "unknown"


class WellboreType(StrEnum):
    """How a wellbore came to be (WITSML WellboreType)."""

    INITIAL = "initial"
    SIDETRACK = "sidetrack"
    REDRILL = "redrill"
    REENTRY = "reentry"
    RESPUD = "respud"
    BYPASS = "bypass"
    UNKNOWN = "unknown"


class LengthUnit(StrEnum):
    """Units of depth and elevation: metre, international foot (0.3048 m)."""

    METRE = "m"
    FOOT = "ft"


WELL_PARENTS = ("field", "facility", "pad")
"""Kinds of assets a well may hang under."""

SEA_LEVEL_DATUMS = ("MSL", "SL")
"""Codes of mean sea level, whose elevation is zero by definition."""

GROUND_DATUM = "GL"

DATUMS: Mapping[str, str] = {
    "KB": "kelly bushing",
    "RT": "rotary table",
    "RB": "rotary bushing",
    "DF": "derrick floor",
    "GL": "ground level",
    "MSL": "mean sea level",
    "SL": "mean sea level (WITSML's code)",
    "CF": "casing flange",
    "CV": "crown valve",
    "SF": "sea floor",
    "MTL": "mean tide level",
    "LAT": "lowest astronomical tide",
    "MHHW": "mean higher high water",
    "MHW": "mean high water",
    "MLW": "mean low water",
    "MLLW": "mean lower low water",
    "MHLW": "mean higher low water",
    "MLHW": "mean lower high water",
}
"""What depths may be measured from: WITSML ElevCodeEnum and MSL."""
