"""The methods that a test is analysed by, and where they are from."""

from enum import StrEnum

from wellhead_well_testing.calc.interpretation import Method


class Phase(StrEnum):
    """Which fluid's rate made the pressure."""

    OIL = "oil"
    GAS = "gas"
    WATER = "water"


class InflowModel(StrEnum):
    """How the inflow of oil falls with the flowing pressure."""

    PRODUCTIVITY_INDEX = "productivity_index"
    VOGEL = "vogel"
    COMPOSITE = "composite"
    FETKOVICH = "fetkovich"


class DeliverabilityModel(StrEnum):
    """How the rate of a gas well follows from pressures."""

    BACK_PRESSURE = "back_pressure"
    LIT = "lit"


class Potential(StrEnum):
    """What the flow of gas follows: squares of pressures below some 2,000 psi, or m(p) at any."""

    PRESSURE_SQUARED = "pressure_squared"
    PSEUDO_PRESSURE = "pseudo_pressure"


KINDS = (*Method, *InflowModel, *DeliverabilityModel)

_VOGEL = "Vogel (1968), J. Pet. Tech. 20, 83-92"

SOURCES: dict[str, str] = {
    Method.DRAWDOWN: "Earlougher (1977), Advances in Well Test Analysis, chapter 3",
    Method.MDH: "Miller, Dyes, Hutchinson (1950), Trans. AIME 189, 91; Earlougher (1977), ch. 5",
    Method.HORNER: "Horner (1951), Proc. 3rd World Pet. Congr.; Agarwal (1980), SPE 9289",
    Method.SUPERPOSITION: "Odeh, Jones (1965), J. Pet. Tech. 17, 960; Agarwal (1980), SPE 9289",
    InflowModel.PRODUCTIVITY_INDEX: "Ahmed (2010), Reservoir Engineering Handbook, chapter 7",
    InflowModel.VOGEL: _VOGEL,
    InflowModel.COMPOSITE: f"{_VOGEL}; Neely (1976) in Brown (1984), Artificial Lift Methods 4",
    InflowModel.FETKOVICH: "Fetkovich (1973), SPE 4529",
    DeliverabilityModel.BACK_PRESSURE: "Rawlins, Schellhardt (1935), USBM Monograph 7",
    DeliverabilityModel.LIT: "Houpeurt (1959) in Lee (1982), Well Testing, chapter 5",
}
"""By kind. Derivatives are Bourdet's (1989), SPE Formation Evaluation 4, 293-302."""
