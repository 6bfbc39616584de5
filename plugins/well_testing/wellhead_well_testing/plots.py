"""The picture of a test: pressures above, rates below, over one axis of time."""

from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_well_testing.timeline import Floats, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"oil": "#2e7d32", "water": "#1f5fa8", "gas": "#c0392b"}


def timeline_figure(seen: Timeline, title: str) -> "Figure":
    """Each gauge a line; oil and water as steps on the left axis below, gas on the right."""
    figure = sdk.new_figure(10, 7)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    for line in seen.gauges:
        above.plot(line.hours, line.pressure, linewidth=0.9, label=line.gauge)
    above.set_ylabel(f"Pressure ({seen.units['pressure']})")
    above.grid(visible=True, alpha=0.3)
    above.ticklabel_format(axis="y", useOffset=False)
    if seen.gauges:
        above.legend()
    right = below.twinx()
    for name, axes in (("oil", below), ("water", below), ("gas", right)):
        _draw_steps(axes, seen, name)
    below.set_ylabel(f"Oil ({seen.units['oil']}), water ({seen.units['water']})")
    right.set_ylabel(f"Gas ({seen.units['gas']})")
    below.set_xlabel("Time since the test began (h)")
    below.grid(visible=True, alpha=0.3)
    for axes in (below, right):
        axes.set_ylim(bottom=0.0)
    lines = [*below.get_lines(), *right.get_lines()]
    if lines:
        below.legend(lines, [str(line.get_label()) for line in lines])
    figure.suptitle(title)
    return figure


def _draw_steps(axes: "Axes", seen: Timeline, name: str) -> None:
    rates: Floats = getattr(seen, name)
    if not np.isfinite(rates).any():
        return
    hours = seen.step_hours
    if np.isfinite(seen.end_hours):  # the last step lasts until the end of the test
        hours, rates = np.append(hours, seen.end_hours), np.append(rates, rates[-1])
    axes.plot(hours, rates, drawstyle="steps-post", color=_COLOURS[name], label=name)
