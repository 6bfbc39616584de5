"""What an oil balance says to people: results with their units, the plot's axes, warnings."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.aquifer_inputs import Influx
from wellhead_reservoir.calc import oil_balance
from wellhead_reservoir.calc.oil_balance import Balance, Expansion
from wellhead_reservoir.calc.straight_lines import is_level
from wellhead_reservoir.histories import History


@dataclass(frozen=True, slots=True)
class Fitted:
    """A balance with all that it was made of, at all points, those that were not used too.

    used: bool[n]; net, injection: F and what was injected, rb; found: its influx is of all points
    """

    history: History
    used: Any
    net: sdk.Array
    injection: sdk.Array
    terms: Expansion
    found: Balance
    aquifer: Influx | None
    m_is_fitted: bool

    @property
    def strength_is_fitted(self) -> bool:
        return self.aquifer is not None and self.aquifer.strength is None


@dataclass(frozen=True, slots=True)
class Axes:
    """The plot in which the fit is a straight line: titles, units, points and the line there."""

    x_title: str
    y_title: str
    x_unit: str
    y_unit: str
    x: sdk.Array
    y: sdk.Array
    line: sdk.Array


def axes_of(fitted: Fitted) -> Axes:
    """Havlena and Odeh's plot that belongs to what was fitted; NaN where nothing has expanded."""
    found, terms = fitted.found, fitted.terms
    oil, total = found.oil_in_place, terms.total(found.m)
    if fitted.m_is_fitted and fitted.strength_is_fitted:
        pushed = oil * total + found.influx
        return Axes("N·Et + We", "F", "bbl", "bbl", pushed, fitted.net, pushed)
    left = "F" if fitted.aquifer is None else "(F - We)"
    if fitted.m_is_fitted:
        base = terms.oil + terms.rock
        x = _over(terms.gas + terms.rock, base)
        y = _over(fitted.net - found.influx, base)
        titles = "(Eg + Efw)/(Eo + Efw)", f"{left}/(Eo + Efw)"
        return Axes(*titles, "1", "STB", x, y, oil + found.m * oil * x)
    if fitted.strength_is_fitted and fitted.aquifer and found.strength:
        x = _over(fitted.aquifer.shape, total)
        unit = f"{fitted.aquifer.shape_unit}*STB/bbl"
        line = oil + found.strength * x
        return Axes("S/Et, We = U·S", "F/Et", unit, "STB", x, _over(fitted.net, total), line)
    return Axes("Et", left, "bbl/STB", "bbl", total, fitted.net - found.influx, oil * total)


def _over(values: sdk.Array, base: sdk.Array) -> sdk.Array:
    return np.divide(values, base, out=np.full_like(base, np.nan), where=base > 0)


def lines_of(
    fitted: Fitted,
    oil_factor: float,
    gas_cap: float,
    confidence: float,
    system: sdk.units.System,
) -> list[dict[str, Any]]:
    """Result lines. oil_factor: STB at the conditions that are shown of one that was calculated
    with; gas_cap: scf at the conditions that are shown."""
    found, aquifer = fitted.found, fitted.aquifer
    low, high = found.oil_interval
    produced = float(fitted.history.volumes["oil"][-1])
    rows: list[tuple[str, str, float, str, str | None]] = [
        (name, title, value * oil_factor, "STB", "oil_volume")
        for name, title, value in (
            ("oil_in_place", "Oil initially in place, N", found.oil_in_place),
            ("oil_in_place_low", "Its lower bound", low),
            ("oil_in_place_high", "Its upper bound", high),
            ("oil_produced", "Oil produced", produced),
        )
    ]
    rows += [
        ("recovery_factor", "Produced over in place", produced / found.oil_in_place, "1", None),
        ("m", "Gas cap over oil at reservoir conditions, m", found.m, "1", None),
        ("gas_cap", "Free gas initially in place", gas_cap, "scf", "gas_volume"),
    ]
    rows += _bounds("m", found.m_interval, "1", None)
    if aquifer is not None and found.strength is not None:
        quantity = "productivity_index" if aquifer.unit == "bbl/d/psi" else "wellbore_storage"
        title, influx = "Strength of the aquifer, U", float(found.influx[-1])
        rows += [
            ("aquifer_strength", title, found.strength, aquifer.unit, quantity),
            ("influx", "Water from the aquifer, We", influx, "bbl", "liquid_volume"),
        ]
        rows += _bounds("aquifer_strength", found.strength_interval, aquifer.unit, quantity)
    rows += [
        ("confidence", "Confidence of the bounds", confidence, "1", None),
        ("r_squared", "R² of the line", found.fit.r_squared, "1", None),
        ("condition", "Condition of the regression", found.fit.condition, "1", None),
    ]
    return [
        sdk.result_line(name, title, sdk.Quantity(value, unit), quantity, system)
        for name, title, value, unit, quantity in rows
        if np.isfinite(value)
    ]


def _bounds(
    name: str, interval: tuple[float, float] | None, unit: str, quantity: str | None
) -> list[tuple[str, str, float, str, str | None]]:
    if interval is None:
        return []
    low, high = interval
    return [
        (f"{name}_low", "Its lower bound", low, unit, quantity),
        (f"{name}_high", "Its upper bound", high, unit, quantity),
    ]


def rows_of(fitted: Fitted, axes: Axes, system: sdk.units.System) -> list[dict[str, Any]]:
    """A row a point, in the units of the system; null for NaN."""
    found, terms, history = fitted.found, fitted.terms, fitted.history
    balanced = found.oil_in_place * terms.total(found.m) + found.influx
    y_quantity = "oil_volume" if axes.y_unit == "STB" else "liquid_volume"
    columns = {
        "pressure": (history.pressure, "pressure_unit", "psia", "absolute_pressure"),
        "withdrawal": (fitted.net, "volume_unit", "bbl", "liquid_volume"),
        "influx": (found.influx, "volume_unit", "bbl", "liquid_volume"),
        "fitted": (balanced, "volume_unit", "bbl", "liquid_volume"),
        "oil_expansion": (terms.oil, "expansion_unit", "bbl/STB", "formation_volume_factor"),
        "gas_expansion": (terms.gas, "expansion_unit", "bbl/STB", "formation_volume_factor"),
        "rock_expansion": (terms.rock, "expansion_unit", "bbl/STB", "formation_volume_factor"),
        "x": (axes.x, "x_unit", axes.x_unit, None),
        "y": (axes.y, "y_unit", axes.y_unit, y_quantity),
        "line": (axes.line, "y_unit", axes.y_unit, y_quantity),
    }
    units: dict[str, str] = {}
    shown = oil_balance.drive_indices(found, terms, fitted.injection)
    for name, (values, field, unit, quantity) in columns.items():
        units[field] = sdk.units.shown_in(unit, quantity, system) or unit
        shown[name] = sdk.units.convert(values, unit, units[field])
    return [
        {"date": date.isoformat(), "used": bool(fitted.used[place])}
        | units
        | {name: _number(column[place]) for name, column in shown.items()}
        for place, date in enumerate(history.dates)
    ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def warnings_of(fitted: Fitted) -> list[str]:
    """What the engineer should think of before using the result."""
    warnings = []
    found, condition = fitted.found, fitted.found.fit.condition
    if condition > oil_balance.ILL_CONDITIONED:
        warnings.append(
            f"The points hardly tell the unknowns apart (condition {condition:.0f}): other "
            "combinations fit nearly as well. Hold one that is known otherwise"
        )
    if found.oil_interval[0] <= 0:
        warnings.append("The points do not bound the oil in place from below")
    total = fitted.terms.total(found.m)
    apart = fitted.used & (total > 0)
    volume = _over(fitted.net - found.influx, total)[apart]
    if not is_level(fitted.net[apart], volume):
        warnings.append(
            f"(F - We)/Et is not level as the reservoir is produced, but {volume.min():.4g} to "
            f"{volume.max():.4g} STB: the model lacks something that pushes, or has it at a wrong "
            "size. Try an aquifer or a gas cap"
        )
    return warnings
