"""A table of fluid properties: oil, gas and water at pressures, by the correlations chosen."""

from dataclasses import dataclass, fields

import numpy as np

from wellhead.sdk import Array, Numbers, within
from wellhead_reservoir.calc import water
from wellhead_reservoir.calc.correlations import (
    CORRELATIONS,
    Contradiction,
    Outside,
    warnings_of,
)
from wellhead_reservoir.pvt.gas_model import GasModel
from wellhead_reservoir.pvt.given import DEFAULT_CHOICES, Choices, Given, Points
from wellhead_reservoir.pvt.oil_model import OilModel
from wellhead_reservoir.pvt.tables import Properties


@dataclass(frozen=True, slots=True)
class Made:
    """A table, where the oil is saturated (None without oil), and where correlations have no data
    or contradict each other.

    solution_gor: scf/STB; bubble_point: psia; oil_volume: bbl/STB, at the bubble point
    """

    table: Properties
    bubble_point: float | None
    solution_gor: float | None
    oil_volume: float | None
    outside: tuple[Outside, ...]


def black_oil(
    given: Given, choices: Choices, pressure: Array, points: Points | None = None
) -> Made:
    """The table at these pressures, and at the bubble point and at measured points that lie between
    them.

    pressure: psia, float64[n], rising, n ≥ 2
    Without an oil gravity there is no oil in it, without a gas gravity or composition no gas; the
    gas of an oil needs one. Raises WellheadError naming what is missing or cannot be.
    """
    chosen = {**DEFAULT_CHOICES, **choices}
    oil_model = OilModel(given, chosen, points or {}) if given.oil_gravity is not None else None
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    if oil_model is not None:
        p = _with_rows(p, oil_model.bubble_point, points or {})
    columns = {field.name: np.full(p.shape, np.nan) for field in fields(Properties)}
    columns["pressure"] = p
    gas_model = GasModel(given, chosen) if given.gas is not None else None
    if gas_model is not None:
        columns |= gas_model.columns(p)
    if oil_model is not None:
        columns |= oil_model.columns(p, columns["bg"])
    columns |= _water(given, p)
    outside = _outside(given, chosen, p, oil_model, gas_model)
    if oil_model is not None:
        outside += _contradictions(chosen, oil_model, columns)
    return Made(
        Properties(**columns),
        None if oil_model is None else oil_model.bubble_point,
        None if oil_model is None else oil_model.rsb,
        None if oil_model is None else oil_model.bob,
        tuple(outside),
    )


def _with_rows(p: Array, bubble_point: float, points: Points) -> Array:
    """The pressures, and between them the bubble point and those of measured points."""
    measured = [at for at, _ in points.values()]
    further = np.concatenate([p, *measured])
    further = further[np.abs(further - bubble_point) > _SAME]  # rounding makes no second row
    rows: Array = np.unique(np.append(further, bubble_point))
    low, high = float(p[0]) - _SAME, float(p[-1]) + _SAME
    return rows[(rows > low) & (rows < high)]


_SAME = 0.01
"""psi that two rows differ by at least."""


def _water(given: Given, p: Array) -> dict[str, Array]:
    bw = water.volume_factor(p, given.temperature)
    return {
        "bw": bw,
        "rsw": water.rsw(p, given.temperature, given.salinity),
        "water_density": water.density(bw, given.salinity),
        "water_compressibility": water.compressibility(p, given.temperature, given.salinity),
        "water_viscosity": water.viscosity(p, given.temperature, given.salinity),
    }


def _contradictions(
    choices: Choices, model: OilModel, columns: dict[str, Array]
) -> list[Contradiction]:
    """At most one: where oil and gas expand under pressure."""
    p, below = columns["pressure"], columns["pressure"] <= model.bubble_point
    total = (columns["bo"] + (model.rsb - columns["rs"]) * columns["bg"])[below]
    expanding = columns["oil_compressibility"] <= 0
    expanding[1 : len(total)] |= np.diff(total) >= 0
    at = p[expanding]
    row = CORRELATIONS["oil_volume"][choices["oil_volume"]]
    return [Contradiction(row, "pressure", float(at[0]), float(at[-1]))] if at.size else []


def _outside(
    given: Given, choices: Choices, p: Array, oil_model: OilModel | None, gas_model: GasModel | None
) -> list[Outside]:
    """Where each correlation that was used has no data."""
    common: dict[str, Numbers] = {
        "temperature": given.temperature,
        "salinity": given.salinity,
        "pressure": p,
    }
    used: dict[str, dict[str, Numbers]] = {"water": common}
    if gas_model is not None:
        used |= gas_model.used(common)
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
