"""Columns of fluid tables: a name, a unit, and a value a row."""

from typing import Any

import numpy as np
from marshmallow import fields, post_dump, validate

from wellhead import sdk
from wellhead_reservoir.pvt.columns import MEASURED, shown_unit

_MOST_ROWS = 500


class PvtColumnSchema(sdk.Schema):
    """A column; `?units=` converts it to the units of that system."""

    name = sdk.choice_field(MEASURED, "What it is", required=True)
    title = fields.String(dump_only=True, metadata=sdk.about("What it is, in words"))
    unit = sdk.line_field("Unit of the values; 1 for plain numbers", 50, required=True)
    values = fields.List(
        fields.Float(allow_none=True),
        required=True,
        validate=validate.Length(1, _MOST_ROWS),
        metadata=sdk.about("A value a row, in unit; null for none") | {"x-unit-field": "unit"},
    )

    @post_dump
    def _titled(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        column = MEASURED[shown["name"]]
        unit = shown_unit(column, shown["unit"], sdk.asked_system())
        values = shown["values"]
        if unit != shown["unit"]:
            converted = sdk.units.convert(np.array(values, np.float64), shown["unit"], unit)
            values = [value if np.isfinite(value) else None for value in converted.tolist()]
        return shown | {"title": column.title, "unit": unit, "values": values}
