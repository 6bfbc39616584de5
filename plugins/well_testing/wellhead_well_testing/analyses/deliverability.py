"""Deliverability of gas wells as people ask for it: C and n, or a and b, and open flow."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_well_testing.analyses.gas import pseudo_pressure_of
from wellhead_well_testing.analyses.outcome import Column, Outcome, system_of
from wellhead_well_testing.analyses.settled import pressures_of
from wellhead_well_testing.analyses.vocabulary import DeliverabilityModel, Potential
from wellhead_well_testing.calc import deliverability

_ATMOSPHERE = 14.696
_STEPS = 41
_SQUARES_HOLD_TO = 2_000.0
"""psia, above which μ·z is no constant and squares of pressures mislead (Lee 1982, chapter 5)."""


def deliverability_of(data: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> Outcome:
    """data: as `DeliverabilitySchema` loads it; points: as `GasPointSchema` does. Raises
    WellheadError for points that make no curve."""
    asked = data.get("units")
    inputs = [data["reservoir_pressure"], *(row["rate"] for row in points)]
    outcome = Outcome(sdk.units.System(asked) if asked else system_of(inputs))
    reservoir = data["reservoir_pressure"].to("psia")
    squares = data["potential"] == Potential.PRESSURE_SQUARED
    psi = np.square if squares else pseudo_pressure_of(data["gas_table"]).of
    rates, flowing, differences = _differences(points, reservoir, psi)
    extended = None
    if data.get("extended"):
        more = _differences([data["extended"]], reservoir, psi)
        extended = (float(more[0][0]), float(more[2][0]))
    unit = "psi2" if squares else "psi2/cP"
    fit = _back_pressure if data["kind"] == DeliverabilityModel.BACK_PRESSURE else _lit
    found = fit(outcome, rates, differences, extended, unit)
    lowest = (
        data["open_flow_pressure"].to("psia") if data.get("open_flow_pressure") else _ATMOSPHERE
    )
    closer = np.linspace(0, 1, _STEPS) ** 2  # a logarithmic axis shows the small drawdowns too
    ladder = reservoir - (reservoir - min(lowest, reservoir)) * closer
    steps = psi(np.array([reservoir])) - psi(ladder)
    curve = found.rate(steps)
    outcome.add("open_flow", "Absolute open flow", curve[-1], "Mscf/d", "gas_rate")
    if squares and reservoir > _SQUARES_HOLD_TO:
        outcome.warnings.append("Above 2,000 psia pseudo-pressures hold better than squares.")
    if extended is None:
        outcome.warnings.append("Without an extended flow the flows count as settled.")
    outcome.tables = {
        "points": _table(rates, flowing, differences, unit),
        "curve": _table(curve, ladder, steps, unit),
    }
    if extended is not None:
        pressure = np.array([data["extended"]["flowing_pressure"].to("psia")])
        one, other = (np.array([value]) for value in extended)
        outcome.tables["extended"] = _table(one, pressure, other, unit)
    return outcome


def _differences(
    points: Sequence[Mapping[str, Any]], reservoir: float, psi: Any
) -> tuple[sdk.Array, sdk.Array, sdk.Array]:
    """(rates in Mscf/d, flowing pressures in psia, differences of potentials), float64[k] each."""
    rates = np.array([row["rate"].to("Mscf/d") for row in points])
    flowing = np.array(pressures_of(points, "flowing_pressure", reservoir))
    static = np.array(pressures_of(points, "static_pressure", reservoir))
    wrong = flowing >= static
    if wrong.any():
        entered = points[int(np.argmax(wrong))]["flowing_pressure"]
        raise sdk.WellheadError(
            "is not below the static pressure",
            field="flowing_pressure",
            value=f"{entered.value:g} {entered.unit}",
            remedy="Correct the point, or reservoir_pressure",
        )
    return rates, flowing, psi(static) - psi(flowing)


def _back_pressure(
    outcome: Outcome,
    rates: sdk.Array,
    differences: sdk.Array,
    extended: tuple[float, float] | None,
    unit: str,
) -> deliverability.BackPressure:
    found = deliverability.back_pressure(rates, differences, extended)
    outcome.add("exponent", "n, held in 0.5 to 1", found.exponent)
    outcome.add("fitted_exponent", "n as the points give it", found.fitted_exponent)
    outcome.add("coefficient", "C", found.coefficient, f"Mscf/d/({unit})^n")
    if found.held:
        outcome.warnings.append(f"The points give n = {found.fitted_exponent:.3g}: it is held.")
    return found


def _lit(
    outcome: Outcome,
    rates: sdk.Array,
    differences: sdk.Array,
    extended: tuple[float, float] | None,
    unit: str,
) -> deliverability.Lit:
    found = deliverability.lit(rates, differences, extended)
    outcome.add("laminar", "a, of laminar flow", found.laminar, f"{unit}/(Mscf/d)")
    outcome.add("turbulent", "b, of turbulent flow", found.turbulent, f"{unit}/(Mscf/d)^2")
    if found.held:
        outcome.warnings.append("The points give an a or b below 0: it is taken as 0.")
    return found


def _table(
    rates: sdk.Array, flowing: sdk.Array, differences: sdk.Array, unit: str
) -> dict[str, Column]:
    return {
        "rate": Column("Rate", rates, "Mscf/d", "gas_rate"),
        "flowing_pressure": Column("Flowing pressure", flowing, "psia", "absolute_pressure"),
        "difference": Column("Difference of potentials", differences, unit),
    }
