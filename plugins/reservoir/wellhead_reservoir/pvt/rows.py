"""A fluid table as people read it: in their units, at the conditions that they ask for."""

from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.correlations import Outside
from wellhead_reservoir.pvt.columns import PROPERTIES, shown_unit
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.tables import Properties


def shown_columns(
    table: Properties, conditions: str, system: sdk.units.System | None
) -> list[dict[str, Any]]:
    """Columns that have numbers: name, title, unit, and values as float64[n].

    conditions: that volumes of gas are stated at; system: None = oilfield
    """
    factor = sdk.units.gas_volume_factor(FIELD_CONDITIONS, conditions)
    shown = []
    for name, column in PROPERTIES.items():
        values = getattr(table, name)
        if np.all(np.isnan(values)):
            continue
        unit = shown_unit(column, column.unit, system or sdk.units.System.OILFIELD)
        stated = sdk.units.convert(values * factor**column.gas, column.unit, unit)
        shown.append({"name": name, "title": column.title, "unit": unit, "values": stated})
    return shown


def csv_columns(shown: list[dict[str, Any]]) -> dict[str, sdk.Array]:
    """The columns for a CSV file, named with their units."""
    return {f"{column['name']} ({column['unit']})": column["values"] for column in shown}


def shown_warning(outside: Outside) -> dict[str, str]:
    """As `CorrelationWarningSchema` shows it."""
    return {
        "property": outside.correlation.gives,
        "correlation": outside.correlation.name,
        "input": outside.input,
        "message": outside.message,
    }
