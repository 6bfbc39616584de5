"""Figures of production over time: what flowed, liquids on top of each other, and its ratios."""

from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_production.series import Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_OIL, _WATER, _GAS = "#3b7a3b", "#3a6fb0", "#b03a3a"


def production_figure(shown: Shown, title: str) -> "Figure":
    """Above the rates: oil, water on top of it, gas by the axis on the right; below the water cut
    and the gas-oil ratio. A period without a number is a gap."""
    figure = sdk.new_figure(11, 7)
    rates, ratios = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_rates(rates, shown)
    _draw_ratios(ratios, shown)
    figure.suptitle(f"{title} ({shown.conditions})")
    return figure


def _draw_rates(axes: "Axes", shown: Shown) -> None:
    series = shown.series
    oil, water = series.rate(series.oil), series.rate(series.water)
    liquid = np.nan_to_num(oil) + np.nan_to_num(water)
    liquid[np.isnan(oil) & np.isnan(water)] = np.nan
    axes.fill_between(series.dates, 0.0, oil, color=_OIL, alpha=0.4, linewidth=0)
    axes.fill_between(
        series.dates, np.nan_to_num(oil), liquid, color=_WATER, alpha=0.3, linewidth=0
    )
    axes.plot(series.dates, oil, color=_OIL, label="oil")
    axes.plot(series.dates, liquid, color=_WATER, label="oil and water")
    axes.set_ylabel(f"Rate of liquid ({shown.liquid_unit}/d)")
    axes.set_ylim(bottom=0.0)
    right = axes.twinx()
    right.plot(series.dates, series.rate(series.gas), color=_GAS, linewidth=1.0, label="gas")
    right.set_ylabel(f"Rate of gas ({shown.gas_unit}/d)")
    right.set_ylim(bottom=0.0)
    _legend(axes, right)


def _draw_ratios(axes: "Axes", shown: Shown) -> None:
    columns, dates = shown.columns, shown.series.dates
    axes.plot(dates, columns["water_cut"], color=_WATER, label="water cut")
    axes.set_ylabel("Water cut (%)")
    axes.set_ylim(0.0, 100.0)
    axes.set_xlabel("Production day")
    axes.grid(visible=True, alpha=0.3)
    right = axes.twinx()
    right.plot(dates, columns["gas_oil_ratio"], color=_GAS, linewidth=1.0, label="gas-oil ratio")
    right.set_ylabel(f"Gas-oil ratio ({shown.ratio_unit})")
    right.set_ylim(bottom=0.0)
    _legend(axes, right)


def _legend(*both: "Axes") -> None:
    drawn = [axes.get_legend_handles_labels() for axes in both]
    handles = [handle for found, _ in drawn for handle in found]
    labels = [label for _, found in drawn for label in found]
    both[0].legend(handles, labels, loc="upper right", ncols=3)
