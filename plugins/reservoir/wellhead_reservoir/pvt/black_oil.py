"""A table of fluid properties by correlations, held to what was measured.

A measured bubble point stretches the correlation's pressures so that its gas in solution is met
there; a measured volume factor scales Bo − 1, a measured viscosity the viscosity. So the curves
keep the correlation's shape and go through the points that are known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within
from wellhead_reservoir.calc import gas, oil, viscosity, water, z_factor
from wellhead_reservoir.calc.constants import AIR, RANKINE
from wellhead_reservoir.calc.correlations import CORRELATIONS, Outside, warnings_of
from wellhead_reservoir.pvt.tables import Properties


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the fluids; None = not known. Gas at 60 °F and 14.696 psia.

    temperature: °F; oil_gravity: °API; gas_gravity: to air; solution_gor: scf/STB at the bubble
    point; bubble_point: psia; oil_volume: bbl/STB and oil_viscosity: cP, both measured at the
    bubble point; separator_pressure: psia; separator_temperature: °F
    nitrogen, carbon_dioxide, hydrogen_sulfide: mole fractions of the gas; composition: all of them
    salinity: % of the brine's mass
    """

    temperature: float
    oil_gravity: float | None = None
    gas_gravity: float | None = None
    solution_gor: float | None = None
    bubble_point: float | None = None
    oil_volume: float | None = None
    oil_viscosity: float | None = None
    separator_pressure: float | None = None
    separator_temperature: float | None = None
    nitrogen: float = 0.0
    carbon_dioxide: float = 0.0
    hydrogen_sulfide: float = 0.0
    composition: Mapping[str, float] | None = None
    salinity: float = 0.0

    @property
    def gas(self) -> float | None:
        """Gravity of the gas to air: as given, or by its composition; None without either."""
        if self.gas_gravity is None and self.composition is not None:
            return z_factor.mixture_molar_mass(self.composition) / AIR
        return self.gas_gravity


@dataclass(frozen=True, slots=True)
class Made:
    """A table, where the oil is saturated (None without oil), and where correlations have no data.

    solution_gor: scf/STB; bubble_point: psia; oil_volume: bbl/STB, at the bubble point
    """

    table: Properties
    bubble_point: float | None
    solution_gor: float | None
    oil_volume: float | None
    outside: tuple[Outside, ...]


Choices = Mapping[str, str]
"""By property, the name of the correlation; of `CORRELATIONS`."""

DEFAULT_CHOICES: Choices = {gives: next(iter(rows)) for gives, rows in CORRELATIONS.items()}

_PSEUDO_CRITICAL = {
    "sutton": gas.sutton,
    "standing": gas.standing,
    "standing_condensate": gas.standing_condensate,
}
_Z = {
    "dranchuk_abou_kassem": z_factor.dranchuk_abou_kassem,
    "hall_yarborough": z_factor.hall_yarborough,
}
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


def black_oil(given: Given, choices: Choices, pressure: Array) -> Made:
    """The table at these pressures, and at the bubble point where that lies between them.

    pressure: psia, float64[n], rising, n ≥ 2
    Without an oil gravity there is no oil in it, without a gas gravity or composition no gas; the
    gas of an oil needs one. Raises WellheadError naming what is missing or cannot be.
    """
    chosen = {**DEFAULT_CHOICES, **choices}
    oil_model = _Oil(given, chosen) if given.oil_gravity is not None else None
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    if oil_model is not None and p[0] < oil_model.bubble_point < p[-1]:
        p = np.union1d(p, [oil_model.bubble_point])
    columns = {field.name: np.full(p.shape, np.nan) for field in fields(Properties)}
    columns["pressure"] = p
    gas_model = _Gas(given, chosen) if given.gas is not None else None
    if gas_model is not None:
        columns |= gas_model.columns(p)
    if oil_model is not None:
        columns |= oil_model.columns(p, columns["bg"])
    columns |= _water(given, p)
    return Made(
        Properties(**columns),
        None if oil_model is None else oil_model.bubble_point,
        None if oil_model is None else oil_model.rsb,
        None if oil_model is None else oil_model.bob,
        tuple(_outside(given, chosen, p, oil_model, gas_model)),
    )


class _Gas:
    """The gas of a table: its pseudo-critical point, and z as a function of the pressure."""

    def __init__(self, given: Given, choices: Choices) -> None:
        gravity = given.gas
        assert gravity is not None  # the caller has looked
        self.temperature = given.temperature
        self.gravity = gravity
        mixture = given.composition
        self.mass = float(gas.molar_mass(gravity))
        self.critical_temperature, self.critical_pressure = gas.with_impurities(
            _PSEUDO_CRITICAL[choices["pseudo_critical"]],
            gravity,
            given.nitrogen,
            given.carbon_dioxide,
            given.hydrogen_sulfide,
        )
        self.reduced_temperature = (given.temperature + RANKINE) / self.critical_temperature
        self.z: Callable[[Array], Array]
        if choices["z_factor"] in _Z:
            by_chart = _Z[choices["z_factor"]]
            self.z = lambda p: by_chart(p / self.critical_pressure, self.reduced_temperature)
        elif mixture is None:
            raise WellheadError(
                "needs the composition of the gas",
                field="composition",
                remedy="Name a sample with its gas_composition, or choose another z_factor",
            )
        else:
            gerg = choices["z_factor"] == "gerg_2008"
            self.z = lambda p: z_factor.aga8(p, self.temperature, mixture, gerg=gerg)

    def columns(self, p: Array) -> dict[str, Array]:
        z = self.z(p)
        density = gas.density(z, self.temperature, p, self.mass)
        return {
            "z": z,
            "bg": gas.volume_factor(z, self.temperature, p),
            "gas_density": density,
            "gas_compressibility": gas.compressibility(self.z, p),
            "gas_viscosity": viscosity.lee_gonzalez_eakin(density, self.temperature, self.mass),
        }


class _Oil:
    """The oil of a table, matched to its measured points."""

    def __init__(self, given: Given, choices: Choices) -> None:
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

    def rs(self, p: Array) -> Array:
        name, arguments = self.choices["solution_gor"], self._arguments("solution_gor")
        saturated = np.minimum(p, self.bubble_point)
        found = _RS[name](saturated * self._stretch, *arguments)
        return np.where(p < self.bubble_point, found, self.rsb)

    def _saturated_bo(self, rs: Array) -> Array:
        found = _BO[self.choices["oil_volume"]](rs, *self._arguments("oil_volume"))
        return 1 + (found - 1) * self._volume_match

    def _saturated_viscosity(self, rs: Array) -> Array:
        dead = _DEAD[self.choices["dead_oil_viscosity"]](self.api, self.given.temperature)
        return viscosity.beggs_robinson_saturated(dead, rs) * self._viscosity_match

    def columns(self, p: Array, bg: Array) -> dict[str, Array]:
        rs, above = self.rs(p), np.maximum(p, self.bubble_point)
        bo = self._saturated_bo(rs)
        bo = oil.undersaturated_bo(bo, above, self.bubble_point, self._number)
        saturated = self._saturated_viscosity(rs)
        by_pressure = _UNDERSATURATED[self.choices["undersaturated_viscosity"]]
        return {
            "rs": rs,
            "bo": bo,
            "oil_density": oil.density(rs, bo, self.api, self.gravity),
            "oil_compressibility": np.where(
                p < self.bubble_point, self._with_gas(p, bo, bg), self._number / p
            ),
            "oil_viscosity": by_pressure(saturated, above, self.bubble_point),
        }

    def _with_gas(self, p: Array, bo: Array, bg: Array) -> Array:
        step = 1e-4 * np.minimum(p, self.bubble_point)
        low, high = self.rs(p - step), self.rs(p + step)
        slope_bo = (self._saturated_bo(high) - self._saturated_bo(low)) / (2 * step)
        return oil.saturated_compressibility(bo, slope_bo, (high - low) / (2 * step), bg)


def _water(given: Given, p: Array) -> dict[str, Array]:
    bw = water.volume_factor(p, given.temperature)
    return {
        "bw": bw,
        "rsw": water.rsw(p, given.temperature, given.salinity),
        "water_density": water.density(bw, given.salinity),
        "water_compressibility": water.compressibility(p, given.temperature, given.salinity),
        "water_viscosity": water.viscosity(p, given.temperature, given.salinity),
    }


def _outside(
    given: Given, choices: Choices, p: Array, oil_model: _Oil | None, gas_model: _Gas | None
) -> list[Outside]:
    """Where each correlation that was used has no data."""
    common: dict[str, Numbers] = {
        "temperature": given.temperature,
        "salinity": given.salinity,
        "pressure": p,
    }
    used: dict[str, dict[str, Numbers]] = {"water": common}
    if gas_model is not None:
        of_gas = common | {
            "gas_gravity": gas_model.gravity,
            "carbon_dioxide": given.carbon_dioxide * 100,
            "hydrogen_sulfide": given.hydrogen_sulfide * 100,
            "reduced_pressure": p / gas_model.critical_pressure,
            "reduced_temperature": gas_model.reduced_temperature,
        }
        used |= dict.fromkeys(("pseudo_critical", "z_factor", "gas_viscosity"), of_gas)
    if oil_model is not None:
        at_saturation = common | {
            "oil_gravity": oil_model.api,
            "gas_gravity": oil_model.gravity,
            "solution_gor": oil_model.rsb,
            "pressure": oil_model.bubble_point,
        }
        saturated = ("solution_gor", "oil_volume", "dead_oil_viscosity", "saturated_viscosity")
        used |= dict.fromkeys(saturated, at_saturation)
        above = p[p > oil_model.bubble_point]
        over = at_saturation | {"pressure": above}
        if above.size:
            used |= dict.fromkeys(("oil_compressibility", "undersaturated_viscosity"), over)
    return [
        found
        for gives, values in used.items()
        for found in warnings_of(CORRELATIONS[gives][choices[gives]], values)
    ]
