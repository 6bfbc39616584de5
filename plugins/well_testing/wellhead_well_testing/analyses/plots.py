"""Plots of analyses as engineers read them: semilog, log-log, inflow, deliverability.

Each draws the columns that the API gives for the analysis, in their units.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_well_testing.analyses.outcome import Column, Table
from wellhead_well_testing.analyses.vocabulary import DeliverabilityModel
from wellhead_well_testing.calc.interpretation import Method

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Draw = Callable[[str, str, Mapping[str, Table]], "Figure"]


def views_of(kind: str) -> dict[str, Draw]:
    """The plots that an analysis of this kind has, the usual one first."""
    if kind in list(Method):
        return {"semilog": semilog_figure, "log_log": log_log_figure}
    if kind in list(DeliverabilityModel):
        return {"deliverability": deliverability_figure, "inflow": inflow_figure}
    return {"inflow": inflow_figure}


def semilog_figure(title: str, kind: str, tables: Mapping[str, Table]) -> "Figure":
    """Pressure against Horner's time (to the left, as it grows without end), elapsed time or
    equivalent time, with the straight line and the points that it goes through."""
    points = tables["points"]
    x = points["elapsed"]
    if kind == Method.HORNER:
        x = points["horner_ratio"]
    elif kind == Method.SUPERPOSITION:
        x = points["equivalent_time"]
    y = points.get("pseudo_pressure", points["pressure"])
    figure, axes = _axes(title, x.label, y.label)
    _dots(axes, x.values, y.values, points["on_line"])
    axes.set_xscale("log")
    if "line" in points:
        _line(axes, x.values, points["line"].values, y.values, to_p_star=kind == Method.HORNER)
    if kind == Method.HORNER:
        axes.invert_xaxis()
    axes.legend(loc="best", fontsize="small")
    return figure


def log_log_figure(title: str, kind: str, tables: Mapping[str, Table]) -> "Figure":
    """Pressure change and its derivative against equivalent time, one cycle as long on both axes,
    with the level of radial flow."""
    points = tables["points"]
    time, change, derivative = (
        points[name] for name in ("equivalent_time", "change", "derivative")
    )
    figure, axes = _axes(title, time.label, f"Change and derivative, {change.unit}")
    axes.plot(time.values, _above_zero(change), "o", markersize=3, label=change.title)
    axes.plot(time.values, _above_zero(derivative), "s", markersize=3, label=derivative.title)
    if "level" in points:
        level = points["level"]
        axes.plot(time.values, level.values, "-", color="tab:red", label=level.title)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend(loc="best", fontsize="small")
    return figure


def inflow_figure(title: str, kind: str, tables: Mapping[str, Table]) -> "Figure":
    """Flowing pressure against rate: the flows of the test, and the curve through them."""
    curve = tables["curve"]
    figure, axes = _axes(title, curve["rate"].label, curve["flowing_pressure"].label)
    axes.plot(curve["rate"].values, curve["flowing_pressure"].values, "-", label="Curve")
    _flows(axes, tables, "flowing_pressure")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(loc="best", fontsize="small")
    return figure


def deliverability_figure(title: str, kind: str, tables: Mapping[str, Table]) -> "Figure":
    """Difference of potentials against rate, both logarithmic: the flows, and the settled line."""
    curve = tables["curve"]
    figure, axes = _axes(title, curve["rate"].label, curve["difference"].label)
    flowing = curve["difference"].values > 0
    rates, differences = (curve[name].values[flowing] for name in ("rate", "difference"))
    axes.plot(rates, differences, "-", label="Settled flow")
    axes.plot(rates[-1:], differences[-1:], "D", fillstyle="none", label="Absolute open flow")
    _flows(axes, tables, "difference")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(loc="best", fontsize="small")
    return figure


def _axes(title: str, x: str, y: str) -> "tuple[Figure, Axes]":
    figure = sdk.new_figure()
    axes = figure.add_subplot()
    axes.set_title(title, parse_math=False)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, which="both", linewidth=0.3)
    return figure, axes


def _dots(axes: "Axes", x: sdk.Array, y: sdk.Array, on_line: Column) -> None:
    chosen = on_line.values > 0
    axes.plot(x[~chosen], y[~chosen], "o", markersize=3, fillstyle="none", label="Readings")
    if chosen.any():
        axes.plot(x[chosen], y[chosen], "o", markersize=4, color="tab:green", label="On the line")


def _line(axes: "Axes", x: sdk.Array, line: sdk.Array, y: sdk.Array, *, to_p_star: bool) -> None:
    """The straight line, on to a Horner time of 1 where p* is; the readings set the scale."""
    axes.plot(x, line, "-", color="tab:red", label="Straight line")
    low, high = float(np.nanmin(y)), float(np.nanmax(y))
    if to_p_star:
        slope = (line[-1] - line[0]) / np.log10(x[-1] / x[0])
        p_star = float(line[-1] - slope * np.log10(x[-1]))
        axes.plot([x[-1], 1.0], [line[-1], p_star], "--", color="tab:red", label="To p*")
        low, high = min(low, p_star), max(high, p_star)
    margin = 0.05 * (high - low)
    axes.set_ylim(low - margin, high + margin)


def _flows(axes: "Axes", tables: Mapping[str, Table], name: str) -> None:
    """The flows of the test, and the extended one."""
    for table, marker, label in (("points", "o", "Flows"), ("extended", "^", "Extended flow")):
        if table in tables:
            rate, other = tables[table]["rate"], tables[table][name]
            axes.plot(rate.values, other.values, marker, label=label)


def _above_zero(column: Column) -> sdk.Array:
    """What a logarithmic axis shows."""
    return np.where(column.values > 0, column.values, np.nan)
