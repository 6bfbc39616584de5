"""Plan view and vertical section, as a directional driller reads them.

Both have one scale for both axes, so that angles are what they look like. Dots are the stations,
the lines between them the arcs of minimum curvature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellhead import sdk
from wellhead_wells.surveys.calc import Floats, vertical_section
from wellhead_wells.surveys.paths import Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 400
"""Points of a line, beside its stations."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One path of a plot; all of a plot are in one frame. dashed: it is a plan"""

    label: str
    path: Path
    dashed: bool = False


def plan_view(title: str, traces: Sequence[Trace]) -> "Figure":
    """The paths from above, the first on top of the others: north up, east to the right."""
    figure = sdk.new_figure(8, 8)
    axes = figure.add_subplot()
    for trace in reversed(traces):
        arcs = _arcs(trace.path)
        _draw(axes, trace, (arcs.east, arcs.north), (trace.path.east, trace.path.north))
    axes.set_title(f"{title}: plan view", parse_math=False)
    frame = traces[0].path.frame
    axes.set_xlabel(f"East ({frame.north} north), {frame.depth_unit}")
    axes.set_ylabel(f"North ({frame.north}), {frame.depth_unit}")
    _finish(axes)
    return figure


def section_view(title: str, traces: Sequence[Trace], azimuth: float) -> "Figure":
    """The paths from the side, in the plane of this azimuth, which is the frame's: TVD down."""
    figure = sdk.new_figure(8, 8)
    axes = figure.add_subplot()
    for trace in reversed(traces):
        path, arcs = trace.path, _arcs(trace.path)
        line = vertical_section(arcs.north, arcs.east, azimuth), arcs.tvd
        dots = vertical_section(path.north, path.east, azimuth), path.tvd
        _draw(axes, trace, line, dots)
    axes.set_title(f"{title}: vertical section", parse_math=False)
    frame = traces[0].path.frame
    axes.set_xlabel(f"Vertical section at {azimuth:.2f}° ({frame.north} north), {frame.depth_unit}")
    axes.set_ylabel(f"TVD from {frame.depth_datum}, {frame.depth_unit}")
    axes.invert_yaxis()
    _finish(axes)
    return figure


def _arcs(path: Path) -> Path:
    return path.at(np.union1d(path.md, np.linspace(path.md[0], path.md[-1], _POINTS)))


def _draw(
    axes: "Axes", trace: Trace, line: tuple[Floats, Floats], dots: tuple[Floats, Floats]
) -> None:
    [drawn] = axes.plot(*line, "--" if trace.dashed else "-", label=trace.label, linewidth=1.2)
    axes.plot(*dots, ".", color=drawn.get_color(), markersize=4)


def _finish(axes: "Axes") -> None:
    axes.plot([0], [0], "ks", markersize=5, fillstyle="none")
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid(True, linewidth=0.4)
    for text in axes.legend(loc="best", fontsize="small").get_texts():
        text.set_parse_math(False)  # a name may have a `$`
