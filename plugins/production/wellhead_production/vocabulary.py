"""The closed lists production is described with, PRODML's words where it has them, and units.

Units are closed lists too: a volume of oil is in one of a few units everywhere, so a file of a
decade is converted by a factor a column, and a spelling that means something else elsewhere (m, b)
is refused where it is entered.
"""

from enum import StrEnum

FACILITY_KIND = "facility"
"""The kind of a facility's node in the plant tree, one of the core's."""

FACILITY_PARENTS = ("field", "facility")
"""Kinds of assets a facility may stand under; none of them is needed."""


class FacilityKind(StrEnum):
    """What a facility is."""

    BATTERY = "battery"
    SEPARATOR = "separator"
    TEST_SEPARATOR = "test separator"
    GATHERING_STATION = "gathering station"
    COMPRESSOR_STATION = "compressor station"
    PLATFORM = "platform"
    FPSO = "FPSO"
    GAS_PLANT = "gas plant"
    INJECTION_STATION = "injection station"
    TERMINAL = "terminal"
    OTHER = "other"


class Fluid(StrEnum):
    """What is measured."""

    OIL = "oil"
    GAS = "gas"
    WATER = "water"


class WellDisposition(StrEnum):
    """Which way a well's volumes of a day went."""

    PRODUCED = "produced"
    INJECTED = "injected"


class Disposition(StrEnum):
    """What became of a facility's volumes of a day."""

    SOLD = "sold"
    FLARED = "flared"
    FUEL = "fuel"
    VENTED = "vented"
    INJECTED = "injected"
    LOST = "lost"


class Method(StrEnum):
    """How a volume is known."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    ALLOCATED = "allocated"


class MeterPosition(StrEnum):
    """Where a meter is in the process, which says what its total is a total of."""

    WELLHEAD = "wellhead"
    TEST_SEPARATOR = "test separator"
    SEPARATOR = "separator"
    GROUP = "group"
    SALES = "sales"
    FUEL = "fuel"
    FLARE = "flare"
    INJECTION = "injection"
    DISPOSAL = "disposal"


class DowntimeReason(StrEnum):
    """Why a well did not flow."""

    ARTIFICIAL_LIFT = "artificial lift failure"
    WELL_INTEGRITY = "well integrity"
    WORKOVER = "workover"
    WELL_INTERVENTION = "well intervention"
    WELL_TEST = "well test or survey"
    FLOW_ASSURANCE = "wax, hydrates or scale"
    FACILITY_MAINTENANCE = "facility maintenance"
    FACILITY_TRIP = "facility trip"
    POWER = "power failure"
    EXPORT = "export or pipeline constraint"
    GAS_CONSTRAINT = "gas handling constraint"
    WEATHER = "weather"
    SAFETY = "safety or drill"
    REGULATION = "quota or regulation"
    RESERVOIR = "reservoir management"
    OTHER = "other"


class TagSignal(StrEnum):
    """What a meter's tag gives."""

    RATE = "rate"
    TOTALISER = "totaliser"


class TotalSource(StrEnum):
    """Where a meter's total is from."""

    RATE = "rate"
    TOTALISER = "totaliser"
    ENTERED = "entered"
    RESTATED = "restated"


LIQUID_UNITS = ("Sm3", "STB", "m3", "bbl")
GAS_UNITS = ("Sm3", "kSm3", "MSm3", "scf", "Mscf", "MMscf", "m3", "e3m3", "e6m3", "Mcf", "MMcf")
VOLUME_UNITS = tuple(dict.fromkeys((*LIQUID_UNITS, *GAS_UNITS)))
PRESSURE_UNITS = ("barg", "psig", "kPag", "MPag", "bara", "psia", "kPaa", "MPaa")
"""Each says whether it is gauge or absolute, so that nobody has to guess."""
CHOKE_UNITS = ("in64", "mm", "in", "%")
CANONICAL_VOLUME = "Sm3"


def quantity_of(fluid: str) -> str:
    """What a volume of a fluid at standard conditions is one of, of `sdk.units.QUANTITIES`."""
    return "gas_volume" if fluid == Fluid.GAS else "stock_tank_volume"
