"""Fluid properties against pressure: the table's lines, and what was measured over them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellhead import sdk
from wellhead_reservoir.pvt.columns import PROPERTIES, shown_unit
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.measured import Points
from wellhead_reservoir.vocabulary import Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS: Mapping[str, tuple[str, ...]] = {
    Phase.OIL: ("rs", "bo", "oil_viscosity", "oil_density", "oil_compressibility", "bg"),
    Phase.GAS: ("z", "bg", "gas_viscosity", "gas_density", "gas_compressibility"),
    Phase.WATER: ("bw", "rsw", "water_viscosity", "water_density", "water_compressibility"),
}
"""Properties that are drawn for a fluid, a panel each."""

_LOGARITHMIC = ("bg", "oil_compressibility", "gas_compressibility")
_MARKS = "os^Dv"


def fluid_figure(
    title: str,
    panels: Sequence[str],
    lines: Sequence[Mapping[str, Any]],
    points: Sequence[Points] = (),
    *,
    bubble_point: float | None = None,
    conditions: str = FIELD_CONDITIONS,
    system: sdk.units.System | None = None,
) -> "Figure":
    """A panel a property against pressure, three a row.

    lines: columns as `pvt.rows.shown_columns` makes them for these conditions and this system;
        empty to draw points alone
    points: as they were measured; bubble_point: psia, a dashed line in each panel
    Raises WellheadError without a panel.
    """
    if not panels:
        raise sdk.WellheadError(
            "there is nothing to draw", field="fluid", remedy="Ask for a fluid that there is"
        )
    system = system or sdk.units.System.OILFIELD
    shown = {column["name"]: column for column in lines}
    factor = sdk.units.gas_volume_factor(FIELD_CONDITIONS, conditions)
    pressure_unit = shown_unit(PROPERTIES["pressure"], "psia", system)
    rows = -(-len(panels) // 3)
    figure = sdk.new_figure(14 if len(panels) > 1 else 8, 4 * rows + 0.6)
    labels = list(dict.fromkeys(mark.label for mark in points))
    for place, name in enumerate(panels):
        axes = figure.add_subplot(rows, min(len(panels), 3), place + 1)
        if name in shown:
            axes.plot(shown["pressure"]["values"], shown[name]["values"], label="table")
        column = PROPERTIES[name]
        unit = shown_unit(column, column.unit, system)
        for mark in points:
            if mark.name == name:
                axes.plot(
                    sdk.units.convert(mark.pressure, "psia", pressure_unit),
                    sdk.units.convert(mark.values * factor**column.gas, column.unit, unit),
                    _MARKS[labels.index(mark.label) % len(_MARKS)],
                    label=mark.label,
                    markersize=4.5,
                    fillstyle="none",
                )
        if bubble_point is not None:
            at = sdk.units.convert(bubble_point, "psia", pressure_unit)
            axes.axvline(at, linestyle="--", color="0.5", linewidth=0.9, label="bubble point")
        axes.set_xlabel(f"Pressure, {pressure_unit}")
        axes.set_ylabel(column.title if unit == "1" else f"{column.title}, {unit}")
        _finish(axes, logarithmic=name in _LOGARITHMIC)
    figure.suptitle(f"{title}; gas at {sdk.units.STANDARD_CONDITIONS[conditions].title}")
    return figure


def _finish(axes: "Axes", *, logarithmic: bool) -> None:
    if logarithmic:
        axes.set_yscale("log")
    axes.grid(True, which="both" if logarithmic else "major", linewidth=0.4)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", fontsize="small")
