"""Which correlations there are for which property, and what data each was made from.

An engineer goes outside of a correlation's data at times, knowing it: that is a warning with the
range, and no error. Ranges are those that the authors state, or McCain (1990), The Properties of
Petroleum Fluids, where they state none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from wellhead.sdk import Numbers

Range = tuple[float, float]

UNITS = {
    "pressure": "psia",
    "temperature": "degF",
    "solution_gor": "scf/STB",
    "oil_gravity": "degAPI",
    "gas_gravity": "1",
    "reduced_pressure": "1",
    "reduced_temperature": "1",
    "carbon_dioxide": "%",
    "hydrogen_sulfide": "%",
    "salinity": "%",
}
"""What ranges are of, and in which unit."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """gives: the property that it is a choice for; source: author, year, where it was published
    ranges: (low, high) of its data by input, in `UNITS`"""

    name: str
    gives: str
    title: str
    source: str
    ranges: Mapping[str, Range]


@dataclass(frozen=True, slots=True)
class Outside:
    """A correlation was used where it has no data: `input` ran from low to high, in UNITS."""

    correlation: Correlation
    input: str
    low: float
    high: float

    @property
    def message(self) -> str:
        unit = UNITS[self.input].replace("1", "")
        first, last = self.correlation.ranges[self.input]
        run = f"{self.low:.4g}" if self.low == self.high else f"{self.low:.4g} to {self.high:.4g}"
        return (
            f"{self.correlation.title} was made from {self.input.replace('_', ' ')} "
            f"{first:g} to {last:g} {unit}".rstrip()
            + f"; used at {run}"
        )


class Contradiction(Outside):
    """Correlations of oil and gas do not fit each other: at pressures from low to high, psia, both
    together would take more room the higher the pressure is."""

    __slots__ = ()

    @property
    def message(self) -> str:
        return (
            f"{self.correlation.title} and the other correlations contradict each other at "
            f"{self.low:,.0f} to {self.high:,.0f} psia: oil and gas would expand under pressure, "
            "as heavy oils with much gas do by correlations; choose others, or give measured points"
        )


_STANDING = "Standing (1947), API Drilling and Production Practice, 275-287"
_VASQUEZ = "Vasquez and Beggs (1980), JPT 32(6), 968-970"
_BEGGS = "Beggs and Robinson (1975), JPT 27(9), 1140-1141"
_BEAL = "Beal (1946), Trans. AIME 165, 94-115"
_STANDING_77 = "Standing (1977), Volumetric and Phase Behavior of Oil Field Hydrocarbon Systems"
_WICHERT = "Wichert and Aziz (1972), Hydrocarbon Processing 51(5), 119-122"
_MCCAIN = "McCain (1991), Reservoir Engineering 6(2), 266-272"
_AGA8 = "AGA report 8 (2017), by pyaga8"

_STANDING_OIL = {
    "pressure": (130, 7_000),
    "temperature": (100, 258),
    "solution_gor": (20, 1_425),
    "oil_gravity": (16.5, 63.8),
    "gas_gravity": (0.59, 0.95),
}
_VASQUEZ_OIL = {
    "pressure": (50, 5_250),
    "temperature": (70, 295),
    "solution_gor": (20, 2_070),
    "oil_gravity": (16, 58),
    "gas_gravity": (0.56, 1.18),
}
_VASQUEZ_ABOVE = {
    "pressure": (141, 9_515),
    "solution_gor": (9.3, 2_199),
    "oil_gravity": (15.3, 59.5),
    "gas_gravity": (0.511, 1.351),
}
_BEGGS_OIL = {"oil_gravity": (16, 58), "temperature": (70, 295)}
_ACID = {"carbon_dioxide": (0, 54.4), "hydrogen_sulfide": (0, 73.8)}

_ROWS = (
    Correlation("standing", "solution_gor", "Standing's bubble point", _STANDING, _STANDING_OIL),
    Correlation(
        "vasquez_beggs", "solution_gor", "Vasquez and Beggs's bubble point", _VASQUEZ, _VASQUEZ_OIL
    ),
    Correlation("standing", "oil_volume", "Standing's Bo", _STANDING, _STANDING_OIL),
    Correlation("vasquez_beggs", "oil_volume", "Vasquez and Beggs's Bo", _VASQUEZ, _VASQUEZ_OIL),
    Correlation(
        "vasquez_beggs",
        "oil_compressibility",
        "Vasquez and Beggs's compressibility",
        _VASQUEZ,
        _VASQUEZ_ABOVE,
    ),
    Correlation(
        "beal",
        "dead_oil_viscosity",
        "Beal's dead oil",
        f"{_BEAL}; equation of {_STANDING_77}",
        {"oil_gravity": (10.1, 52.5), "temperature": (98, 250)},
    ),
    Correlation(
        "beggs_robinson", "dead_oil_viscosity", "Beggs and Robinson's dead oil", _BEGGS, _BEGGS_OIL
    ),
    Correlation(
        "beggs_robinson",
        "saturated_viscosity",
        "Beggs and Robinson's saturated oil",
        _BEGGS,
        _BEGGS_OIL | {"solution_gor": (20, 2_070), "pressure": (15, 5_265)},
    ),
    Correlation(
        "vasquez_beggs",
        "undersaturated_viscosity",
        "Vasquez and Beggs's undersaturated oil",
        _VASQUEZ,
        _VASQUEZ_ABOVE,
    ),
    Correlation(
        "beal",
        "undersaturated_viscosity",
        "Beal's undersaturated oil",
        f"{_BEAL}; equation of {_STANDING_77}",
        {"pressure": (1_515, 5_015), "solution_gor": (12, 1_827)},
    ),
    Correlation(
        "sutton",
        "pseudo_critical",
        "Sutton's pseudo-critical point",
        f"Sutton (1985), SPE 14265; {_WICHERT}",
        {"gas_gravity": (0.57, 1.68)} | _ACID,
    ),
    Correlation(
        "standing",
        "pseudo_critical",
        "Standing's pseudo-critical point of dry gas",
        f"{_STANDING_77}; {_WICHERT}",
        _ACID,
    ),
    Correlation(
        "standing_condensate",
        "pseudo_critical",
        "Standing's pseudo-critical point of a condensate's gas",
        f"{_STANDING_77}; {_WICHERT}",
        _ACID,
    ),
    Correlation(
        "dranchuk_abou_kassem",
        "z_factor",
        "Dranchuk and Abou-Kassem's z",
        "Dranchuk and Abou-Kassem (1975), JCPT 14(3), 34-36",
        {"reduced_pressure": (0, 30), "reduced_temperature": (1.05, 3)},
    ),
    Correlation(
        "hall_yarborough",
        "z_factor",
        "Hall and Yarborough's z",
        "Hall and Yarborough (1973), Oil & Gas Journal 71(25), 82-92",
        {"reduced_pressure": (0, 24), "reduced_temperature": (1.15, 3)},
    ),
    Correlation(
        "aga8_detail",
        "z_factor",
        "AGA8 DETAIL",
        f"{_AGA8}, part 1",
        {"pressure": (0, 20_000), "temperature": (-200, 400)},
    ),
    Correlation(
        "gerg_2008",
        "z_factor",
        "GERG-2008",
        f"{_AGA8}, part 2; Kunz and Wagner (2012), J. Chem. Eng. Data 57, 3032-3091",
        {"pressure": (0, 5_076), "temperature": (-298, 350)},
    ),
    Correlation(
        "lee_gonzalez_eakin",
        "gas_viscosity",
        "Lee, Gonzalez and Eakin's viscosity",
        "Lee, Gonzalez and Eakin (1966), JPT 18(8), 997-1000",
        {"pressure": (100, 8_000), "temperature": (100, 340)},
    ),
    Correlation(
        "mccain",
        "water",
        "McCain's water",
        f"{_MCCAIN}; compressibility by Osif (1988), SPE Reservoir Engineering 3(1), 175-181",
        {"pressure": (0, 5_000), "temperature": (100, 260), "salinity": (0, 26)},
    ),
)

CORRELATIONS: Mapping[str, Mapping[str, Correlation]] = {
    gives: {row.name: row for row in _ROWS if row.gives == gives}
    for gives in dict.fromkeys(row.gives for row in _ROWS)
}
"""By property, then by name; the first of a property is what is taken when nothing is said."""


def warnings_of(correlation: Correlation, used: Mapping[str, Numbers]) -> Iterator[Outside]:
    """Where a correlation is used outside of its data. used: by input, in `UNITS`; what its ranges
    do not name is left out."""
    for name, (low, high) in correlation.ranges.items():
        values = np.asarray(used.get(name, np.nan), np.float64)
        values = values[np.isfinite(values)]
        if values.size and (values.min() < low or values.max() > high):
            yield Outside(correlation, name, float(values.min()), float(values.max()))
