"""Results of calculations, one a line with its name and unit: what people keep and read."""

from typing import Any

from marshmallow import fields

from wellhead.http.blueprint import BaseSchema
from wellhead.http.fields import about
from wellhead.http.quantities import Quantity
from wellhead.http.units import Measured
from wellhead.units import QUANTITIES, System


class ResultLineSchema(BaseSchema):
    """A line that `result_line` made, its value in the units that a reader asks for."""

    name = fields.String(metadata=about("Name of the result"))
    title = fields.String(metadata=about("What it is"))
    value = Measured(unit_field="unit", metadata=about("In unit"))
    unit = fields.String(metadata=about("Unit of value; 1 for a plain number"))


def result_line(
    name: str, title: str, value: Quantity, quantity: str | None, system: System
) -> dict[str, Any]:
    """A line as `ResultLineSchema` shows it and a record keeps it.

    quantity: of `units.QUANTITIES`, shown in the unit of that system; None: in the value's own
    """
    unit = value.unit if quantity is None else QUANTITIES[quantity].unit(system)
    return {"name": name, "title": title, "value": value.to(unit), "unit": unit}
