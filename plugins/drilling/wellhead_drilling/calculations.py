"""The calculations that people can ask for: what goes in, what comes out, and where it is from.

Each is a row of `CALCULATIONS`, so that the route of its own, the results that a run keeps and the
documentation are made from the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.calc import hydraulics, volumes
from wellhead_drilling.calc.mechanics import mechanical_specific_energy

TEALE = "Teale (1965), Int. J. Rock Mech. Min. Sci. 2, 57-73"
ADE = "Bourgoyne et al. (1986), Applied Drilling Engineering, chapter 4"


@dataclass(frozen=True, slots=True)
class Given:
    """A quantity that goes into a calculation or comes out, in `unit` (SI) from low to high."""

    quantity: str
    unit: str
    text: str
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Calculation:
    """name: in paths; compute: inputs by name, in their SI units → results by name, in theirs
    numbers: further inputs that are no quantities, by name; formula, source: for people"""

    name: str
    title: str
    formula: str
    source: str
    inputs: Mapping[str, Given]
    results: Mapping[str, Given]
    compute: Callable[..., Mapping[str, Any]]
    numbers: Mapping[str, Callable[[], fields.Field[Any]]]

    def run(self, values: Mapping[str, Any], system: sdk.units.System) -> list[dict[str, Any]]:
        """The results in the units of a system, one a line: name, title, value and unit.

        values: inputs by name, quantities as sdk.Quantity. Raises WellheadError for what lies
        outside the formula's range.
        """
        given = {
            name: value.to(self.inputs[name].unit) if name in self.inputs else value
            for name, value in values.items()
        }
        found = self.compute(**given)
        lines = []
        for name, row in self.results.items():
            value = sdk.Quantity(float(found[name]), row.unit)
            lines.append(sdk.result_line(name, row.text, value, row.quantity, system))
        return lines

    def system_of(self, values: Mapping[str, Any]) -> sdk.units.System:
        """Oilfield when a quantity was given in its oilfield unit, else metric."""
        for name, row in self.inputs.items():
            known = sdk.units.QUANTITIES[row.quantity]
            if name in values and values[name].unit == known.oilfield != known.metric:
                return sdk.units.System.OILFIELD
        return sdk.units.System.METRIC


def _nozzle_area(nozzles: list[dict[str, Any]]) -> float:
    sizes = [nozzle["size"].to("m") for nozzle in nozzles for _ in range(nozzle["count"])]
    return hydraulics.total_flow_area(np.array(sizes))


def _gravity(convention: str) -> float:
    return hydraulics.FIELD_GRAVITY if convention == "field" else hydraulics.STANDARD_GRAVITY


def _hydrostatic(density: float, tvd: float, convention: str) -> dict[str, Any]:
    return {"pressure": hydraulics.hydrostatic_pressure(density, tvd, _gravity(convention))}


def _ecd(density: float, pressure_loss: float, tvd: float, convention: str) -> dict[str, Any]:
    gravity = _gravity(convention)
    return {"ecd": hydraulics.equivalent_density(density, pressure_loss, tvd, gravity)}


def _mse(
    weight_on_bit: float,
    bit_diameter: float,
    rotary_speed: float,
    torque: float,
    rate_of_penetration: float,
) -> dict[str, Any]:
    turns = rotary_speed / 60
    found = mechanical_specific_energy(
        weight_on_bit, bit_diameter, turns, torque, rate_of_penetration
    )
    return {"mse": found}


def _bit_hydraulics(density: float, flow: float, nozzles: list[dict[str, Any]]) -> dict[str, Any]:
    area = _nozzle_area(nozzles)
    drop = hydraulics.bit_pressure_drop(density, flow, area)
    velocity = hydraulics.jet_velocity(flow, area)
    return {
        "total_flow_area": area,
        "pressure_drop": drop,
        "jet_velocity": velocity,
        "impact_force": hydraulics.impact_force(density, flow, velocity),
        "hydraulic_power": hydraulics.hydraulic_power(drop, flow),
    }


def _annulus(flow: float, hole_diameter: float, pipe_diameter: float) -> dict[str, Any]:
    return {
        "velocity": hydraulics.annular_velocity(flow, hole_diameter, pipe_diameter),
        "capacity": hydraulics.annulus_area(hole_diameter, pipe_diameter),
    }


def _pipe(inner_diameter: float, length: float) -> dict[str, Any]:
    capacity = volumes.pipe_capacity(inner_diameter)
    return {"capacity": capacity, "volume": capacity * length}


def _bingham(theta600: float, theta300: float) -> dict[str, Any]:
    viscosity, point = hydraulics.bingham(theta600, theta300)
    return {"plastic_viscosity": viscosity, "yield_point": point}


def _convention() -> fields.Field[Any]:
    return sdk.choice_field(
        ("field", "standard"),
        "field: 0.052 psi/(ft·ppg), as on the rig's papers; standard: 9.80665 m/s², 0.1 % less",
        load_default="field",
    )


def _dial(text: str) -> Callable[[], fields.Field[Any]]:
    return lambda: sdk.number_field(0, 1_000, text, unit="1", required=True)


class NozzleSchema(sdk.Schema):
    count = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 20),
        metadata=sdk.about("How many of this size") | {"x-unit": "1"},
    )
    size = sdk.quantity_field(
        "diameter", 0, 0.1, "m", "Diameter, in 32nds of an inch in32", required=True
    )


def _nozzles() -> fields.Field[Any]:
    return fields.List(
        sdk.Whole(NozzleSchema),
        required=True,
        validate=validate.Length(1, 20),
        metadata=sdk.about("Nozzles, those of one size together"),
    )


_DENSITY = Given("mud_density", "kg/m3", "Density of the mud", 0, 3_500)
_TVD = Given("length", "m", "True vertical depth", 0, 15_000)
_FLOW = Given("pump_rate", "m3/s", "Flow", 0, 0.5)
_HOLE = Given("diameter", "m", "Diameter of the hole or casing around", 0, 3)

CALCULATIONS: Mapping[str, Calculation] = {
    row.name: row
    for row in (
        Calculation(
            "hydrostatic",
            "Hydrostatic pressure",
            "p = ρ·g·TVD; psi = 0.052·ppg·ft",
            ADE,
            {"density": _DENSITY, "tvd": _TVD},
            {"pressure": Given("pressure", "Pa", "Hydrostatic pressure")},
            _hydrostatic,
            {"convention": _convention},
        ),
        Calculation(
            "ecd",
            "Equivalent circulating density",
            "ECD = ρ + ΔP/(g·TVD); ppg = MW + psi/(0.052·ft)",
            ADE,
            {
                "density": _DENSITY,
                "pressure_loss": Given("pressure", "Pa", "Friction loss in the annulus", 0, 2e8),
                "tvd": _TVD,
            },
            {"ecd": Given("mud_density", "kg/m3", "Equivalent circulating density")},
            _ecd,
            {"convention": _convention},
        ),
        Calculation(
            "mse",
            "Mechanical specific energy",
            "MSE = WOB/A + 2π·N·T/(A·ROP), A = π/4·d²; psi = lbf/in² + 120π·rpm·ft·lbf/(in²·ft/h)",
            TEALE,
            {
                "weight_on_bit": Given("force", "N", "Weight on bit", 0, 2e6),
                "bit_diameter": Given("diameter", "m", "Diameter of the bit", 0, 2.5),
                "torque": Given("torque", "N*m", "Torque at the bit, or at surface", 0, 2e5),
                "rate_of_penetration": Given(
                    "penetration_rate", "m/s", "Rate of penetration, above 0", 0, 0.2
                ),
            },
            {"mse": Given("pressure", "Pa", "Mechanical specific energy")},
            _mse,
            {
                "rotary_speed": lambda: sdk.number_field(
                    0, 1_200, "Rotary speed of the bit, rpm", unit="rpm", required=True
                )
            },
        ),
        Calculation(
            "bit-hydraulics",
            "Nozzles, pressure drop and power at the bit",
            "TFA = Σ π/4·d²; ΔP = ρ·Q²/(2·0.95²·TFA²), psi = ppg·gpm²/(10,858·in²²); P = ΔP·Q",
            ADE,
            {"density": _DENSITY, "flow": _FLOW},
            {
                "total_flow_area": Given("flow_area", "m2", "Total flow area of the nozzles"),
                "pressure_drop": Given("pressure", "Pa", "Pressure drop at the bit"),
                "jet_velocity": Given("velocity", "m/s", "Velocity out of the nozzles"),
                "impact_force": Given("force", "N", "Force of the jets on the bottom"),
                "hydraulic_power": Given("power", "W", "Hydraulic power at the bit"),
            },
            _bit_hydraulics,
            {"nozzles": _nozzles},
        ),
        Calculation(
            "annulus",
            "Velocity and capacity of an annulus",
            "v = Q/A, A = π/4·(D² − d²); ft/min = 24.51·gpm/(in² − in²)",
            ADE,
            {
                "flow": _FLOW,
                "hole_diameter": _HOLE,
                "pipe_diameter": Given("diameter", "m", "Outer diameter of the pipe in it", 0, 3),
            },
            {
                "velocity": Given("velocity", "m/s", "Annular velocity"),
                "capacity": Given("linear_capacity", "m3/m", "Volume of a length of annulus"),
            },
            _annulus,
            {},
        ),
        Calculation(
            "pipe",
            "Capacity and volume of a pipe",
            "V = π/4·d²·L; bbl/ft = in²/1,029.4",
            ADE,
            {
                "inner_diameter": Given("diameter", "m", "Inner diameter", 0, 3),
                "length": Given("length", "m", "Length", 0, 15_000),
            },
            {
                "capacity": Given("linear_capacity", "m3/m", "Volume of a length"),
                "volume": Given("liquid_volume", "m3", "Volume"),
            },
            _pipe,
            {},
        ),
        Calculation(
            "bingham",
            "Plastic viscosity and yield point",
            "PV = θ600 − θ300 (cP); YP = θ300 − PV (lbf/100 ft²)",
            "API RP 13B-1 (2019); Bingham plastic",
            {},
            {
                "plastic_viscosity": Given("viscosity", "Pa*s", "Plastic viscosity"),
                "yield_point": Given("yield_stress", "Pa", "Yield point"),
            },
            _bingham,
            {"theta600": _dial("Dial reading at 600 rpm"), "theta300": _dial("At 300 rpm")},
        ),
    )
}
