"""Inflow of oil as people ask for it: the model's numbers, and its curve."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_well_testing.analyses.outcome import Column, Outcome, system_of
from wellhead_well_testing.analyses.settled import pressures_of
from wellhead_well_testing.analyses.vocabulary import InflowModel
from wellhead_well_testing.calc import inflow
from wellhead_well_testing.calc.deliverability import back_pressure

_STEPS = 41


def inflow_of(data: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> Outcome:
    """data: as `InflowSchema` loads it; points: as `InflowPointSchema` does. Raises WellheadError
    for points that the model does not hold for."""
    model = InflowModel(data["kind"])
    asked = data.get("units")
    inputs = [data["reservoir_pressure"], *(row["rate"] for row in points)]
    outcome = Outcome(sdk.units.System(asked) if asked else system_of(inputs))
    reservoir = data["reservoir_pressure"].to("psia")
    bubble = data["bubble_point"].to("psia") if data.get("bubble_point") else None
    rates = np.array([row["rate"].to("STB/d") for row in points])
    flowing = np.array(pressures_of(points, "flowing_pressure", reservoir))
    ladder = np.linspace(reservoir, 0.0, _STEPS)
    if model is InflowModel.FETKOVICH:
        curve = _fetkovich(outcome, reservoir, rates, flowing, ladder)
    else:
        curve = _by_index(outcome, model, (reservoir, bubble), rates, flowing, ladder)
    _warn(outcome, model, reservoir, bubble, flowing)
    outcome.tables = {"points": _table(rates, flowing), "curve": _table(curve, ladder)}
    return outcome


def _by_index(
    outcome: Outcome,
    model: InflowModel,
    pressures: tuple[float, float | None],
    rates: sdk.Array,
    flowing: sdk.Array,
    ladder: sdk.Array,
) -> sdk.Array:
    reservoir, bubble = pressures
    bends_at = {
        InflowModel.PRODUCTIVITY_INDEX: 0.0,
        InflowModel.VOGEL: reservoir,
        InflowModel.COMPOSITE: bubble or 0.0,
    }[model]
    index = inflow.productivity_index(rates, flowing, reservoir, bends_at)
    curve = inflow.inflow_rate(index, ladder, reservoir, bends_at)
    title = "Productivity index"
    if bends_at > 0:
        title += " above the bubble point" if bends_at < reservoir else " at no drawdown"
    outcome.add("productivity_index", title, index, "STB/d/psi",
                "oil_productivity_index")  # fmt: skip
    outcome.add("maximum_rate", "Rate at no flowing pressure", curve[-1], "STB/d", "oil_rate")
    if model is InflowModel.COMPOSITE and bends_at < reservoir:
        at_bubble = float(inflow.inflow_rate(index, bends_at, reservoir, bends_at))
        outcome.add("rate_at_bubble_point", "Rate at the bubble point", at_bubble, "STB/d",
                    "oil_rate")  # fmt: skip
    return curve


def _fetkovich(
    outcome: Outcome, reservoir: float, rates: sdk.Array, flowing: sdk.Array, ladder: sdk.Array
) -> sdk.Array:
    found = back_pressure(rates, reservoir**2 - flowing**2)
    curve = found.rate(reservoir**2 - ladder**2)
    outcome.add("exponent", "n, held in 0.5 to 1", found.exponent)
    outcome.add("fitted_exponent", "n as the points give it", found.fitted_exponent)
    outcome.add("coefficient", "C", found.coefficient, "STB/d/psi^(2n)")
    outcome.add("maximum_rate", "Rate at no flowing pressure", curve[-1], "STB/d", "oil_rate")
    if found.held:
        outcome.warnings.append(f"The points give n = {found.fitted_exponent:.3g}: it is held.")
    return curve


def _warn(
    outcome: Outcome,
    model: InflowModel,
    reservoir: float,
    bubble: float | None,
    flowing: sdk.Array,
) -> None:
    if bubble is None:
        return
    if model is InflowModel.PRODUCTIVITY_INDEX and flowing.min() < bubble:
        outcome.warnings.append(
            "A point is below the bubble point: the composite curve bends there."
        )
    if model in (InflowModel.VOGEL, InflowModel.FETKOVICH) and bubble < reservoir:
        outcome.warnings.append("The reservoir is above its bubble point: composite holds for it.")
    if model is InflowModel.COMPOSITE and bubble > reservoir:
        outcome.warnings.append(
            "The bubble point is above the reservoir's pressure: it is taken at that, as of Vogel."
        )


def _table(rates: sdk.Array, flowing: sdk.Array) -> dict[str, Column]:
    return {
        "rate": Column("Rate", rates, "STB/d", "oil_rate"),
        "flowing_pressure": Column("Flowing pressure", flowing, "psia", "absolute_pressure"),
    }
