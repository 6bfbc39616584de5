"""Figures of kept analyses, drawn from the numbers that they keep."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.analyses import result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellhead_reservoir.models import GasBalance, OilBalance, VolumetricEstimate

_DRIVES = {
    "depletion": ("oil and dissolved gas", "#2f7f3f"),
    "gas_cap": ("gas cap", "#b03a3a"),
    "rock_and_water": ("rock and connate water", "#8a6d3b"),
    "aquifer": ("aquifer", "#2f6f9f"),
    "injection": ("injection", "#7fb0d0"),
}
_MARKED = (("p90", 90), ("p50", 50), ("p10", 10))


def estimate_figure(
    name: str, estimate: "VolumetricEstimate", system: sdk.units.System
) -> "Figure":
    """Probability that a volume is exceeded, beside the rank correlation of each input with it."""
    fluid = estimate.inputs["fluid"]
    unit = sdk.units.QUANTITIES[f"{fluid}_volume"].unit(system)
    volumes = sdk.units.convert(_column(estimate.rows, "volume"), estimate.rows[0]["unit"], unit)
    figure = sdk.new_figure(11, 5)
    curve, bars = figure.subplots(1, 2, width_ratios=(3, 2))
    curve.plot(volumes, _column(estimate.rows, "probability"), color="#2f6f9f")
    for word, percent in _MARKED:
        at = result(estimate, word)
        if at is not None:
            volume = at.to(unit)
            curve.plot([volume], [percent], "ko")
            place, offset = (volume, percent), (8, 2)
            curve.annotate(
                f"{word.upper()} {_large(volume)}", place, xytext=offset, textcoords="offset points"
            )
    curve.grid(visible=True, alpha=0.3)
    curve.set_xlabel(f"{fluid.capitalize()} initially in place ({unit})")
    curve.set_ylabel("Probability of more (%)")
    inputs = [row["input"].replace("_", " ") for row in estimate.sensitivities]
    bars.barh(inputs, _column(estimate.sensitivities, "rank_correlation"), color="#2f6f9f")
    bars.invert_yaxis()
    bars.set_xlim(-1, 1)
    bars.set_xticks([-1, -0.5, 0, 0.5, 1])
    bars.set_xlabel("Rank correlation with the volume (1)")
    figure.suptitle(f"{name}: volumetric estimate, version {estimate.version}")
    return figure


def gas_figure(name: str, analysis: "GasBalance", system: sdk.units.System) -> "Figure":
    """p/z against gas produced, the line to the gas in place, and its bounds."""
    x_unit = sdk.units.QUANTITIES["gas_volume"].unit(system)
    y_unit = sdk.units.QUANTITIES["absolute_pressure"].unit(system)
    figure = sdk.new_figure(9, 6)
    axes = figure.subplots()
    _draw_points(axes, analysis.rows, x_unit, y_unit)
    start, end = result(analysis, "initial_p_over_z"), result(analysis, "gas_in_place")
    if start is not None and end is not None:
        volume = end.to(x_unit)
        axes.plot([0.0, volume], [start.to(y_unit), 0.0], color="#b03a3a", label="line")
        axes.plot(
            [volume],
            [0.0],
            "^",
            color="#b03a3a",
            label=f"G {_large(volume)} {x_unit}",
            clip_on=False,
        )
    bounds = [result(analysis, f"gas_in_place_{word}") for word in ("low", "high")]
    given = [bound.to(x_unit) for bound in bounds if bound is not None]
    if len(given) == len(bounds):
        share = f"{100 * analysis.inputs['confidence']:g} % confidence"
        axes.plot(
            given, [0.0, 0.0], color="#b03a3a", linewidth=4, alpha=0.4, label=share, clip_on=False
        )
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    corrected = analysis.inputs.get("rock_compressibility") is not None
    axes.set_xlabel(f"Gas produced ({x_unit})")
    axes.set_ylabel(f"p/z{', corrected for rock and water' if corrected else ''} ({y_unit})")
    return _finished(figure, f"{name}: p/z, version {analysis.version}")


def oil_figure(name: str, analysis: "OilBalance", system: sdk.units.System) -> "Figure":
    """Havlena and Odeh's plot of what was fitted: the points, and the line."""
    row = analysis.rows[0]
    x_unit = sdk.units.shown_in(row["x_unit"], None, system) or row["x_unit"]
    y_unit = sdk.units.shown_in(row["y_unit"], None, system) or row["y_unit"]
    figure = sdk.new_figure(9, 6)
    axes = figure.subplots()
    _draw_points(axes, analysis.rows, x_unit, y_unit)
    x = sdk.units.convert(_column(analysis.rows, "x"), row["x_unit"], x_unit)
    line = sdk.units.convert(_column(analysis.rows, "line"), row["y_unit"], y_unit)
    known = np.isfinite(x)
    order = np.argsort(x[known])
    axes.plot(x[known][order], line[known][order], color="#b03a3a", label="line")
    axes.set_xlabel(f"{analysis.x_axis} ({x_unit})")
    axes.set_ylabel(f"{analysis.y_axis} ({y_unit})")
    oil = result(analysis, "oil_in_place")
    volume = "" if oil is None else f": N {_shown(oil, system)}"
    return _finished(figure, f"{name}: material balance, version {analysis.version}{volume}")


def drive_figure(name: str, analysis: "OilBalance", system: sdk.units.System) -> "Figure":
    """Drive indices through time, stacked: what share each drive had in all that was produced."""
    rows = analysis.rows[1:]
    days = [dt.date.fromisoformat(row["date"]) for row in rows]
    figure = sdk.new_figure(9, 5)
    axes = figure.subplots()
    shares = {drive: _column(rows, drive) for drive in _DRIVES}
    drawn = [drive for drive in _DRIVES if np.nanmax(shares[drive], initial=0.0) > 0]
    axes.stackplot(
        days,  # type: ignore[arg-type]
        *(shares[drive] for drive in drawn),
        labels=[_DRIVES[drive][0] for drive in drawn],
        colors=[_DRIVES[drive][1] for drive in drawn],
        alpha=0.8,
    )
    axes.set_ylim(0, 1)
    axes.set_xlabel("Date (day)")
    axes.set_ylabel("Drive index (1)")
    return _finished(figure, f"{name}: drives, version {analysis.version}")


def _draw_points(axes: Any, rows: list[dict[str, Any]], x_unit: str, y_unit: str) -> None:
    x = sdk.units.convert(_column(rows, "x"), rows[0]["x_unit"], x_unit)
    y = sdk.units.convert(_column(rows, "y"), rows[0]["y_unit"], y_unit)
    used = np.array([row["used"] for row in rows])
    axes.plot(x[used], y[used], "ko", label="used")
    if not used.all():
        axes.plot(x[~used], y[~used], "kx", label="not used")


def _finished(figure: "Figure", title: str) -> "Figure":
    axes = figure.axes[0]
    axes.grid(visible=True, alpha=0.3)
    axes.set_title(title)
    axes.legend()
    return figure


def _column(rows: list[dict[str, Any]], name: str) -> sdk.Array:
    """float64[n], NaN for null."""
    return np.array([row[name] for row in rows], np.float64)


def _shown(volume: sdk.Quantity, system: sdk.units.System) -> str:
    unit = sdk.units.QUANTITIES["oil_volume"].unit(system)
    return f"{_large(volume.to(unit))} {unit}"


def _large(value: float) -> str:
    return f"{value / 1e6:,.4g} million" if value >= 1e6 else f"{value:,.4g}"
