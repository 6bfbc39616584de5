"""What a laboratory measured on a sample: experiments with their columns, kept as reported.

An experiment has a row a pressure. Columns carry their own units; pressures may be gauge, and then
the sample's `atmospheric_pressure` makes them absolute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.pvt.columns import MEASURED


class ExperimentKind(StrEnum):
    """The experiments of a PVT report."""

    CONSTANT_COMPOSITION = "constant composition expansion"
    DIFFERENTIAL = "differential liberation"
    CONSTANT_VOLUME = "constant volume depletion"
    SEPARATOR = "separator test"
    VISCOSITY = "viscosity"


@dataclass(frozen=True, slots=True)
class Layout:
    """needed, further: columns beside the pressure; of `needed` all, of `further` any
    rising: pressures go one way, up or down"""

    needed: tuple[str, ...]
    further: tuple[str, ...]
    one_way: bool = True


LAYOUTS: Mapping[str, Layout] = {
    ExperimentKind.CONSTANT_COMPOSITION: Layout(
        ("relative_volume",), ("oil_density", "oil_compressibility", "z", "liquid_dropout")
    ),
    ExperimentKind.DIFFERENTIAL: Layout(
        ("rs", "bo"), ("oil_density", "z", "bg", "gas_gravity", "oil_viscosity", "gas_viscosity")
    ),
    ExperimentKind.CONSTANT_VOLUME: Layout(
        ("z",), ("liquid_dropout", "produced_gas", "gas_gravity", "gas_viscosity")
    ),
    ExperimentKind.SEPARATOR: Layout(
        ("temperature", "rs"), ("bo", "gas_gravity", "oil_gravity"), one_way=False
    ),
    ExperimentKind.VISCOSITY: Layout((), ("oil_viscosity", "gas_viscosity")),
}
"""By kind. A separator test has a row a stage, the last of them the stock tank."""


def check_experiments(
    experiments: Sequence[Mapping[str, Any]], atmospheric: sdk.Quantity | None
) -> None:
    """Raises WellheadError for an experiment that is none: a column that its kind does not have or
    lacks, a unit that measures something else, columns of different lengths, gauge pressures
    without the atmosphere, pressures that go up and down."""
    for place, experiment in enumerate(experiments):
        path = f"experiments.{place}.columns"
        _check_columns(path, experiment)
        for at, column in enumerate(experiment["columns"]):
            _check_unit(f"{path}.{at}.unit", column)
        pressures = absolute_pressures(experiment, atmospheric, f"{path}.0")
        one_way = LAYOUTS[experiment["kind"]].one_way
        steps = np.diff(pressures)
        if one_way and not (np.all(steps > 0) or np.all(steps < 0)):
            raise sdk.WellheadError(
                "pressures do not go one way",
                field=path,
                remedy="Put the rows in the order of their pressures, each pressure once",
            )


def _check_columns(path: str, experiment: Mapping[str, Any]) -> None:
    names = [column["name"] for column in experiment["columns"]]
    layout = LAYOUTS[experiment["kind"]]
    needed = ("pressure", *layout.needed)
    missing = [name for name in needed if name not in names]
    strange = [name for name in names if name not in (*needed, *layout.further)]
    if missing or strange or len(set(names)) < len(names) or len(names) < 2:
        raise sdk.WellheadError(
            f"a {experiment['kind']} has the columns {', '.join(needed)}"
            f" and may have {', '.join(layout.further)}, each once, and two at least",
            field=path,
            value=strange[0] if strange else None,
            remedy=f"Add {', '.join(missing)}" if missing else "Correct the columns",
        )
    if len({len(column["values"]) for column in experiment["columns"]}) > 1:
        raise sdk.WellheadError(
            "columns have different lengths",
            field=path,
            remedy="Give each column a value a row, null where there is none",
        )
    if any(value is None for value in column_of(experiment, "pressure")["values"]):
        raise sdk.WellheadError(
            "a row has no pressure", field=path, remedy="Leave the row out, or give its pressure"
        )


def _check_unit(field: str, column: Mapping[str, Any]) -> None:
    known = MEASURED[column["name"]]
    if known.quantity is None:
        if column["unit"] != known.unit:
            raise sdk.WellheadError(
                f"{column['name']} is measured in {known.unit}",
                field=field,
                value=column["unit"],
                remedy=f"Send the values in {known.unit}",
            )
    elif known.quantity == "absolute_pressure":
        check_pressure_unit(column["unit"], field)
    else:
        sdk.units.check_unit(column["unit"], known.quantity, field)


def check_pressure_unit(unit: str, field: str) -> None:
    """Raises WellheadError for a unit that does not say whether pressures in it are gauge or
    absolute: psi and bar are read as either."""
    absolute_units = sdk.units.QUANTITIES["absolute_pressure"].spellings
    if unit not in absolute_units and not is_gauge(unit):
        raise sdk.WellheadError(
            "is no unit of gauge or of absolute pressure",
            field=field,
            value=unit,
            remedy=f"Use psig, barg, kPag, {', '.join(absolute_units)}",
        )


def is_gauge(unit: str) -> bool:
    """Whether pressures in this unit are above the atmosphere's."""
    try:
        sdk.units.check_unit(unit, "gauge_pressure")
    except sdk.WellheadError:
        return False
    return True


def absolute(value: sdk.Numbers, unit: str, atmospheric: sdk.Quantity | None, field: str) -> Any:
    """psia of pressures in an absolute unit, or in a gauge unit above the atmosphere. Raises
    WellheadError for a gauge unit without the atmosphere: nobody's guess is right everywhere."""
    values = np.asarray(value, np.float64)
    if not is_gauge(unit):
        return sdk.units.convert(values, unit, "psia")
    if atmospheric is None:
        raise sdk.WellheadError(
            f"{unit} is gauge pressure, and the atmosphere it was above is not said",
            field=field,
            value=unit,
            remedy="Send atmospheric_pressure, or absolute pressures",
        )
    return sdk.units.convert(values, unit, "psig") + atmospheric.to("psia")


def absolute_pressures(
    experiment: Mapping[str, Any], atmospheric: sdk.Quantity | None, field: str = "pressure"
) -> sdk.Array:
    """psia of each row. Raises as `absolute` does."""
    column = column_of(experiment, "pressure")
    found: sdk.Array = absolute(np.array(column["values"]), column["unit"], atmospheric, field)
    return found


def column_of(experiment: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The column of that name, one without values where there is none."""
    found = (column for column in experiment["columns"] if column["name"] == name)
    return next(found, {"name": name, "unit": MEASURED[name].unit, "values": []})
