"""Figures of a well's time: where it went, and how deep the hole was after it."""

from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_drilling.reports.vocabulary import TimeClass

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wellhead_drilling.reports.breakdown import Breakdown
    from wellhead_drilling.reports.progress import Progress

_COLOURS = {
    TimeClass.PLANNED: "#2f6f9f",
    TimeClass.UNPLANNED: "#e0a030",
    TimeClass.DOWNTIME: "#b03a3a",
}


def breakdown_figure(breakdown: "Breakdown", title: str) -> "Figure":
    """Hours by phase, stacked by class, beside the share of each class in all of them."""
    figure = sdk.new_figure(11, 5)
    bars, pie = figure.subplots(1, 2, width_ratios=(2, 1))
    names = [share.key for share in breakdown.phases]
    ends = np.zeros(len(names))
    for one, colour in _COLOURS.items():
        hours = np.array([getattr(share, one.value) for share in breakdown.phases])
        bars.barh(names, hours, left=ends, color=colour, label=one.value)
        ends = ends + hours
    bars.invert_yaxis()
    bars.set_xlabel("Time (h)")
    bars.set_ylabel("Phase")
    figure.legend(*bars.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    _draw_shares(pie, breakdown)
    percent = breakdown.total.npt_percent
    lost = "no time entered" if percent is None else f"NPT {percent:.1f} %"
    figure.suptitle(f"{title}: {lost}")
    return figure


def _draw_shares(axes: "Axes", breakdown: "Breakdown") -> None:
    axes.set_title("Share of time (%)")
    hours = {one: getattr(breakdown.total, one.value) for one in _COLOURS}
    given = {one: value for one, value in hours.items() if value}
    if given:
        axes.pie(
            list(given.values()),
            labels=[one.value for one in given],
            colors=[_COLOURS[one] for one in given],
            autopct="%.1f",
        )
    else:
        axes.set_axis_off()


def depth_figure(progress: "Progress", title: str) -> "Figure":
    """Depth of the hole against days, as drilled and as planned, with the casing shoes."""
    figure = sdk.new_figure(9, 7)
    axes = figure.subplots()
    for curve in progress.planned:
        axes.plot(curve.days, curve.depths, "--", label=f"{curve.name}, planned")
    for curve in progress.drilled:
        axes.plot(curve.days, curve.depths, label=curve.name)
    if progress.casing:
        days = [shoe.day for shoe in progress.casing]
        axes.plot(days, [shoe.depth for shoe in progress.casing], "k^", label="casing shoes")
    for shoe in progress.casing:
        place = (shoe.day, shoe.depth)
        axes.annotate(shoe.name, place, xytext=(6, 6), textcoords="offset points")
    axes.invert_yaxis()
    axes.grid(visible=True, alpha=0.3)
    axes.set_xlabel("Time (d)")
    measured = (
        f"{progress.depth_unit} {progress.depth_datum}" if progress.depth_unit else "no depths"
    )
    axes.set_ylabel(f"Measured depth ({measured})")
    axes.set_title(f"{title}: days against depth")
    if axes.get_lines():
        axes.legend()
    return figure
