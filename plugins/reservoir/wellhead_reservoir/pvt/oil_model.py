"""The oil of a fluid table: correlations, held to what was measured.

A measured bubble point stretches the correlation's pressures so that its gas in solution is met
there; a measured volume factor scales Bo − 1, a measured viscosity the viscosity. Further points of
Rs, Bo and viscosity multiply the curve by what it misses them by: between two of them by a cubic
that neither overshoots nor has a kink (Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238-246),
so that compressibility has no steps, and beyond the last evenly. So the curves keep the
correlation's shape where nothing is known, and go through the points that are.
"""

from collections.abc import Callable

import numpy as np

from wellhead.sdk import Array, WellheadError, within
from wellhead_reservoir.calc import oil, viscosity
from wellhead_reservoir.pvt.given import Choices, Given, Points

_DEAD = {
    "beal": viscosity.beal_dead_oil,
    "beggs_robinson": viscosity.beggs_robinson_dead_oil,
}
_UNDERSATURATED = {
    "beal": viscosity.beal_undersaturated,
    "vasquez_beggs": viscosity.vasquez_beggs_undersaturated,
}
_RS = {"standing": oil.standing_rs, "vasquez_beggs": oil.vasquez_beggs_rs}
_PB = {"standing": oil.standing_bubble_point, "vasquez_beggs": oil.vasquez_beggs_bubble_point}
_BO = {"standing": oil.standing_bo, "vasquez_beggs": oil.vasquez_beggs_bo}


class OilModel:
    """The oil of a table, matched to its measured points."""

    def __init__(self, given: Given, choices: Choices, points: Points) -> None:
        if given.oil_gravity is None or given.gas is None:
            raise WellheadError(
                "an oil needs the gravity of its gas",
                field="gas_gravity",
                remedy="Give gas_gravity, or a sample with its gas_composition",
            )
        self.given, self.choices, self.api = given, choices, given.oil_gravity
        self.gravity = given.gas
        self._separator = self._separator_gravity()
        self.rsb, self.bubble_point, self._stretch = self._saturation()
        self._volume_match = 1.0
        self.bob = float(self._saturated_bo(np.asarray(self.rsb)))
        if given.oil_volume is not None:
            within("oil_volume", given.oil_volume, 1, 10, "bbl/STB", above=True)
            self._volume_match = (given.oil_volume - 1) / (self.bob - 1)
            self.bob = given.oil_volume
        self._number = oil.vasquez_beggs_compressibility_number(
            self.rsb, given.temperature, self.api, self._separator
        )
        self._viscosity_match = 1.0
        if given.oil_viscosity is not None:
            calculated = float(self._saturated_viscosity(np.asarray(self.rsb)))
            self._viscosity_match = given.oil_viscosity / calculated
        self._missed: dict[str, Callable[[Array], Array]] = {}
        curves = {"rs": self.rs, "bo": self.bo, "oil_viscosity": self.viscosity}
        for name in (name for name in curves if name in points):  # Bo's is by the Rs that is held
            at, values = points[name]
            self._missed[name] = _smooth(at, values / curves[name](at))

    def _separator_gravity(self) -> float:
        pressure, temperature = self.given.separator_pressure, self.given.separator_temperature
        if pressure is None or temperature is None:
            return self.gravity
        return float(oil.separator_gas_gravity(self.gravity, self.api, pressure, temperature))

    def _arguments(self, choice: str) -> tuple[float, float, float]:
        """(°F, °API, gas gravity) as the chosen correlation takes them."""
        vasquez = self.choices[choice] == "vasquez_beggs"
        return self.given.temperature, self.api, self._separator if vasquez else self.gravity

    def _saturation(self) -> tuple[float, float, float]:
        """(Rs at the bubble point, bubble point, what pressures are stretched by)."""
        name, arguments = self.choices["solution_gor"], self._arguments("solution_gor")
        rsb, measured = self.given.solution_gor, self.given.bubble_point
        if rsb is None and measured is None:
            raise WellheadError(
                "an oil needs its gas in solution or its bubble point",
                field="solution_gor",
                remedy="Give solution_gor, bubble_point, or both",
            )
        if rsb is None:
            assert measured is not None  # one of the two is there
            return float(_RS[name](measured, *arguments)), measured, 1.0
        calculated = float(_PB[name](rsb, *arguments))
        within("bubble_point", calculated, 0, 30_000, "psia", above=True)
        found = calculated if measured is None else measured
        return rsb, found, calculated / found

    def _held(self, name: str, p: Array) -> Array:
        """What the curve is multiplied by to go through its measured points."""
        if name not in self._missed:
            return np.ones(p.shape)
        return self._missed[name](p)

    def rs(self, p: Array) -> Array:
        """scf/STB at these pressures, psia."""
        name, arguments = self.choices["solution_gor"], self._arguments("solution_gor")
        saturated = np.minimum(p, self.bubble_point)
        found = _RS[name](saturated * self._stretch, *arguments) * self._held("rs", saturated)
        return np.where(p < self.bubble_point, found, self.rsb)

    def bo(self, p: Array) -> Array:
        """bbl/STB at these pressures, psia."""
        above = np.maximum(p, self.bubble_point)
        saturated = self._saturated_bo(self.rs(p))
        found = oil.undersaturated_bo(saturated, above, self.bubble_point, self._number)
        return found * self._held("bo", p)

    def viscosity(self, p: Array) -> Array:
        """cP at these pressures, psia."""
        above = np.maximum(p, self.bubble_point)
        by_pressure = _UNDERSATURATED[self.choices["undersaturated_viscosity"]]
        saturated = self._saturated_viscosity(self.rs(p))
        found = by_pressure(saturated, above, self.bubble_point)
        return found * self._held("oil_viscosity", p)

    def _saturated_bo(self, rs: Array) -> Array:
        found = _BO[self.choices["oil_volume"]](rs, *self._arguments("oil_volume"))
        return 1 + (found - 1) * self._volume_match

    def _saturated_viscosity(self, rs: Array) -> Array:
        dead = _DEAD[self.choices["dead_oil_viscosity"]](self.api, self.given.temperature)
        return viscosity.beggs_robinson_saturated(dead, rs) * self._viscosity_match

    def columns(self, p: Array, bg: Array) -> dict[str, Array]:
        rs, bo = self.rs(p), self.bo(p)
        return {
            "rs": rs,
            "bo": bo,
            "oil_density": oil.density(rs, bo, self.api, self.gravity),
            "oil_compressibility": self._compressibility(p, bo, bg),
            "oil_viscosity": self.viscosity(p),
        }

    def _compressibility(self, p: Array, bo: Array, bg: Array) -> Array:
        """By the slopes of the curves that are shown, on the side of the bubble point that each
        pressure lies on."""
        step = 1e-4 * p
        below = p < self.bubble_point
        high = np.where(below, np.minimum(p + step, self.bubble_point), p + step)
        low = np.where(below, p - step, np.maximum(p - step, self.bubble_point))
        slope_bo = (self.bo(high) - self.bo(low)) / (high - low)
        slope_rs = (self.rs(high) - self.rs(low)) / (high - low)
        return oil.saturated_compressibility(bo, slope_bo, slope_rs, bg)


def _smooth(at: Array, values: Array) -> Callable[[Array], Array]:
    """A curve through points that is level beyond them."""
    if len(at) == 1:
        return lambda p: np.full(np.shape(p), values[0])
    from scipy.interpolate import PchipInterpolator  # slow to load, and most apps never need it

    curve = PchipInterpolator(at, values)
    return lambda p: np.asarray(curve(np.clip(p, at[0], at[-1])), np.float64)
