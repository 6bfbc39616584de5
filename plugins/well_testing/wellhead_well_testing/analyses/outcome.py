"""What an analysis gives, whichever it is: lines of results, columns that are drawn, warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers in `unit`, NaN where there is none; quantity: of `sdk.units.QUANTITIES`, None for
    what is the same in all units"""

    title: str
    values: sdk.Array
    unit: str
    quantity: str | None = None

    def shown(self, system: sdk.units.System) -> "Column":
        if self.quantity is None:
            return self
        unit = sdk.units.QUANTITIES[self.quantity].unit(system)
        values = sdk.units.convert(self.values, self.unit, unit)
        return Column(self.title, values, unit, self.quantity)

    @property
    def label(self) -> str:
        """For an axis."""
        return self.title if self.unit == "1" else f"{self.title}, {self.unit}"

    def kept(self) -> dict[str, Any]:
        """As a record keeps it, in jsonb."""
        return {
            "title": self.title,
            "values": [value if np.isfinite(value) else None for value in self.values.tolist()],
            "unit": self.unit,
            "quantity": self.quantity,
        }


Table = Mapping[str, Column]
"""Columns of equal length, by name."""


@dataclass(slots=True)
class Outcome:
    """results: as `sdk.result_line` makes them; tables: by name; warnings: where the numbers ask
    for care; made_from: what of the test was taken, in words"""

    system: sdk.units.System
    results: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    made_from: list[str] = field(default_factory=list)

    def add(
        self, name: str, title: str, value: float, unit: str = "1", quantity: str | None = None
    ) -> None:
        """A line, unless the value is none."""
        if np.isfinite(value):
            found = sdk.Quantity(float(value), unit)
            self.results.append(sdk.result_line(name, title, found, quantity, self.system))


def kept_tables(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """As a record keeps them, in jsonb: lists, since jsonb keeps no order of names."""
    return [
        {"name": name, "columns": [{"name": key, **row.kept()} for key, row in table.items()]}
        for name, table in tables.items()
    ]


def tables_of(kept: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Column]]:
    """What `kept_tables` made, as tables again."""
    return {
        table["name"]: {row["name"]: _column(row) for row in table["columns"]} for table in kept
    }


def shown_table(table: Table, system: sdk.units.System) -> dict[str, Column]:
    return {name: column.shown(system) for name, column in table.items()}


def system_of(quantities: list[Any]) -> sdk.units.System:
    """Oilfield when one of them was entered in its oilfield unit and no metric one, else metric."""
    entered = {value.unit for value in quantities if isinstance(value, sdk.Quantity)}
    of_one = [row for row in sdk.units.QUANTITIES.values() if row.oilfield != row.metric]
    oilfield = entered & {row.oilfield for row in of_one}
    metric = entered & {row.metric for row in of_one}
    return sdk.units.System.OILFIELD if oilfield and not metric else sdk.units.System.METRIC


def _column(row: Mapping[str, Any]) -> Column:
    values = np.array(row["values"], np.float64)  # None becomes NaN
    return Column(row["title"], values, row["unit"], row["quantity"])
