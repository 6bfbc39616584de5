"""Figures of pressures: of a survey against depth, and of a reservoir through the years."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellhead_reservoir.pressures import AtDatum, Average

_COLOURS = {"gas": "#b03a3a", "oil": "#2f7f3f", "water": "#2f6f9f"}


def survey_figure(found: "AtDatum", goal: float, system: sdk.units.System) -> "Figure":
    """Pressure against depth: the stations, the gradient of each fluid, the datum.

    goal: the datum, ft TVD subsea; system: units of the axes
    """
    pressure_unit, depth_unit = _units(system)
    depth = sdk.units.convert(found.depth, "ft", depth_unit)
    measured = sdk.units.convert(found.measured, "psia", pressure_unit)
    figure = sdk.new_figure(8, 7)
    axes = figure.subplots()
    axes.plot(measured[found.used], depth[found.used], "ko", label="used")
    if not found.used.all():
        axes.plot(measured[~found.used], depth[~found.used], "kx", label="not used")
    ends = np.array([min(found.depth.min(), goal), max(found.depth.max(), goal)])
    for phase, line in found.lines.items():
        start, slope = line.coefficients
        unit = sdk.units.QUANTITIES["pressure_gradient"].unit(system)
        axes.plot(
            sdk.units.convert(start + slope * ends, "psia", pressure_unit),
            sdk.units.convert(ends, "ft", depth_unit),
            color=_COLOURS[phase],
            label=f"{phase}, {sdk.Quantity(float(slope), 'psi/ft').to(unit):.3g} {unit}",
        )
    level = sdk.Quantity(goal, "ft").to(depth_unit)
    axes.axhline(level, color="grey", linestyle=":", label=f"datum {level:.0f} {depth_unit}")
    axes.invert_yaxis()
    axes.grid(visible=True, alpha=0.3)
    axes.set_xlabel(f"Pressure ({pressure_unit})")
    axes.set_ylabel(f"True vertical depth below mean sea level ({depth_unit})")
    axes.set_title(f"{found.well}, {found.survey.kind} survey of {found.survey.measured_on}")
    axes.legend()
    return figure


def history_figure(
    name: str,
    surveys: Sequence["AtDatum"],
    averages: Sequence["Average"],
    initial: sdk.Quantity | None,
    system: sdk.units.System,
) -> "Figure":
    """Pressures at the datum against time, a colour a well, with the average of each day."""
    unit, _ = _units(system)
    figure = sdk.new_figure(10, 6)
    axes = figure.subplots()
    for well in sorted({row.well for row in surveys}):
        rows = [row for row in surveys if row.well == well and row.pressure is not None]
        values = np.array([row.pressure for row in rows], np.float64)
        days = [row.survey.measured_on for row in rows]
        axes.plot(days, sdk.units.convert(values, "psia", unit), "o", label=well)  # type: ignore[arg-type]
    means = np.array([row.pressure for row in averages], np.float64)
    days = [row.date for row in averages]
    axes.plot(days, sdk.units.convert(means, "psia", unit), "k-", label="average")  # type: ignore[arg-type]
    if initial is not None:
        axes.axhline(initial.to(unit), color="grey", linestyle=":", label="initial")
    axes.grid(visible=True, alpha=0.3)
    axes.set_xlabel("Date (day)")
    axes.set_ylabel(f"Pressure at the datum ({unit})")
    axes.set_title(f"{name}: pressures")
    axes.legend()
    return figure


def _units(system: sdk.units.System) -> tuple[str, str]:
    quantities = sdk.units.QUANTITIES
    return quantities["absolute_pressure"].unit(system), quantities["length"].unit(system)
