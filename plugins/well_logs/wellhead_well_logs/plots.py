"""The log plot: tracks side by side over one depth or time axis.

Curves that are read together share a track: gamma ray and SP, resistivity on a logarithmic scale,
density beside neutron porosity with its scale reversed, so that the two part where there is gas; of
all others those of one unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wellhead import sdk
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.mnemonics import family_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_TRACKS = 8
_MOST_DECADES = 300
"""A file may hold any float; a scale ends before they do."""
_TOGETHER = {
    "gamma": "Gamma ray, SP, caliper",
    "potential": "Gamma ray, SP, caliper",
    "caliper": "Gamma ray, SP, caliper",
    "density": "Density, neutron",
    "porosity": "Density, neutron",
}
_ORDER = ("Gamma ray, SP, caliper", "Resistivity", "Density, neutron", "Sonic slowness")
_REVERSED = ("porosity",)
"""Read from right to left, as neutron porosity is drawn over density."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve to draw. unit: as shown; known_unit, mnemonic: what its family is told by"""

    mnemonic: str
    unit: str | None
    known_unit: str | None
    values: Floats


@dataclass(slots=True)
class Track:
    """scales: what shares an axis (a family or a unit) → its lines"""

    title: str
    logarithmic: bool = False
    scales: dict[str, list[Line]] = field(default_factory=dict)


def tracks_of(lines: Sequence[Line]) -> list[Track]:
    """The tracks in the order in which they are drawn."""
    found: dict[str, Track] = {}
    for line in lines:
        family = family_of(line.mnemonic, line.known_unit)
        scale = family.name if family else line.unit or "no unit"
        title = _TOGETHER.get(scale, family.title if family else scale)
        track = found.setdefault(title, Track(title, bool(family and family.logarithmic)))
        track.scales.setdefault(scale, []).append(line)
    return sorted(found.values(), key=lambda track: _place(track.title))


def figure(
    title: str, index: Floats, index_label: str, lines: Sequence[Line], *, depth: bool
) -> "Figure":
    """A track a group of curves, at most MOST_TRACKS; each scale has its axis with its unit on top.

    index: float64[n] for all lines; depth: it increases downwards
    Raises WellheadError for more tracks, and for none.
    """
    tracks = tracks_of(lines)
    if not 1 <= len(tracks) <= MOST_TRACKS:
        raise sdk.WellheadError(
            f"a plot has 1 to {MOST_TRACKS} tracks, these curves make {len(tracks)}",
            field="curves",
            value=len(lines),
            remedy="Name the curves to be drawn",
        )
    made = sdk.new_figure(2 + 2.6 * len(tracks), 11)
    made.suptitle(title)
    shared: Any = None
    for place, track in enumerate(tracks, 1):
        first = made.add_subplot(1, len(tracks), place, sharey=shared)
        if shared is None:
            shared = first
            first.set_ylabel(index_label)
        else:
            first.tick_params(labelleft=False)
        first.grid(visible=True, alpha=0.3)
        first.ticklabel_format(axis="y", useOffset=False)  # depths in full, never `+1.67e3`
        for number, (scale, drawn) in enumerate(track.scales.items()):
            axes = first if number == 0 else first.twiny()
            _draw(axes, index, scale, drawn, number, track.logarithmic)
            if len(track.scales) > 1 and len(drawn) == 1:  # whose scale is whose
                color = axes.get_lines()[0].get_color()
                axes.xaxis.label.set_color(color)
                axes.tick_params(axis="x", colors=color)
        first.xaxis.tick_top()  # another scale on top sends the first one's to the bottom
    if depth:
        shared.invert_yaxis()
    return made


def _draw(
    axes: "Axes", index: Floats, scale: str, lines: Sequence[Line], number: int, logarithmic: bool
) -> None:
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.spines["top"].set_position(("outward", 42.0 * number))
    for place, line in enumerate(lines):
        color = f"C{place + 3 * number}"
        axes.plot(line.values, index, label=line.mnemonic, linewidth=0.8, color=color)
        alone = _alone(line.values)
        if alone.any():
            axes.plot(line.values[alone], index[alone], ".", color=color, markersize=3)
    names = ", ".join(line.mnemonic for line in lines)
    axes.set_xlabel(f"{names} ({lines[0].unit or 'no unit'})", fontsize=8)
    if logarithmic and all((line.values[np.isfinite(line.values)] > 0).any() for line in lines):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
        axes.set_xlim(*_decades(lines))
    if scale in _REVERSED:
        axes.invert_xaxis()
    if len(lines) > 1:
        axes.legend(fontsize=7)


def _alone(values: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which values stand between two that are missing: no line goes to them."""
    known = np.pad(np.isfinite(values), 1)
    return np.asarray(known[1:-1] & ~known[:-2] & ~known[2:])


def _decades(lines: Sequence[Line]) -> tuple[float, float]:
    """The powers of ten around all positive values, as paper for resistivity is printed."""
    values = np.concatenate([line.values for line in lines])
    positive = values[np.isfinite(values) & (values > 0)]
    low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()))
    bounded = np.clip([low, max(high, low + 1)], -_MOST_DECADES, _MOST_DECADES)
    return float(10 ** bounded[0]), float(10 ** bounded[1])


def _place(title: str) -> int:
    return _ORDER.index(title) if title in _ORDER else len(_ORDER)
