"""Figures of a decline fit: rate against time, whose logarithm an exponential makes a line, and
rate against cumulative volume, whose end is the ultimate recovery."""

from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_production.decline.curves import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVE, _DAY, _LEFT_OUT, _LIMIT = "#b03a3a", "#2f6f9f", "#9a9a9a", "#444444"


def rate_time_figure(curve: Curve, title: str) -> "Figure":
    """Days, curve, interval and forecast, the rate on a logarithmic axis."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    figure = sdk.new_figure(10, 6)
    axes = figure.add_subplot()
    history, forecast = curve.history, curve.forecast
    days = np.array(history.date, "datetime64[D]")
    coming = np.array(forecast.date, "datetime64[D]")
    _points(axes, curve, days)
    axes.plot(days, history.fitted, color=_CURVE, label="fitted")
    axes.plot(coming, forecast.rate, "--", color=_CURVE, label="forecast")
    for dates, part in ((days, history), (coming, forecast)):
        axes.fill_between(dates, part.low, part.high, color=_CURVE, alpha=0.2, linewidth=0)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("Production day")
    _finish(axes, curve, f"{title}: rate against time")
    return figure


def rate_cumulative_figure(curve: Curve, title: str) -> "Figure":
    """Days and forecast against what was produced by then."""
    from matplotlib.ticker import StrMethodFormatter

    figure = sdk.new_figure(10, 6)
    axes = figure.add_subplot()
    _points(axes, curve, curve.history.cumulative)
    axes.plot(curve.history.cumulative, curve.history.fitted, color=_CURVE, label="fitted")
    forecast = curve.forecast
    axes.plot(forecast.cumulative, forecast.rate, "--", color=_CURVE, label="forecast")
    axes.set_ylim(bottom=0.0)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel(f"Cumulative volume ({curve.volume_unit})")
    _finish(axes, curve, f"{title}: rate against cumulative volume")
    return figure


def _points(axes: "Axes", curve: Curve, x: "np.ndarray[tuple[int], np.dtype[np.generic]]") -> None:
    history = curve.history
    shown = history.rate > 0.0
    for label, mask, colour, marker in (
        ("days", history.used, _DAY, "."),
        ("days left out", shown & ~history.used, _LEFT_OUT, "x"),
    ):
        if mask.any():
            axes.plot(x[mask], history.rate[mask], marker, color=colour, markersize=4, label=label)


def _finish(axes: "Axes", curve: Curve, title: str) -> None:
    if curve.economic_limit is not None:
        axes.axhline(curve.economic_limit, color=_LIMIT, linestyle=":", label="economic limit")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.set_ylabel(f"Rate ({curve.rate_unit})")
    axes.set_title(title)
    axes.legend()
