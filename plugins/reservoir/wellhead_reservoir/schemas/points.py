"""What points of a material balance have in common: a day, a pressure, and what was produced."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.schemas.analyses import Day

VOLUMES_FROM = ("points", "production")


class PointSchema(sdk.Schema):
    date = Day(required=True, metadata=sdk.about("Day; the first is before anything was produced"))
    pressure = sdk.quantity_field(
        "absolute_pressure",
        1,
        2_000,
        "bara",
        "Mean pressure of the reservoir at its datum; of that day's pressure surveys if left out",
    )
    used = fields.Boolean(
        load_default=True, metadata=sdk.about("Whether the line is fitted to it; the first is kept")
    )


def volume(quantity: str, text: str) -> fields.Nested:
    return sdk.quantity_field(quantity, 0, 1e14, "Sm3", f"{text}, since the first day")


def points_field(schema: type[sdk.Schema]) -> fields.List[Any]:
    return fields.List(
        sdk.Whole(schema),
        validate=validate.Length(2, 500),
        metadata=sdk.about(
            "In the order of time; if left out, each day with a pressure survey is one"
        ),
    )


def volumes_from_field() -> fields.String:
    return sdk.choice_field(
        VOLUMES_FROM,
        "Where volumes are from: the points, or what the reservoir's open wells have made by the "
        "plugin that keeps their production",
        load_default="points",
    )


class PlotRowSchema(sdk.Schema):
    """A point, where it lies in the plot, and the line there."""

    date = Day(metadata=sdk.about("Day"))
    used = fields.Boolean(metadata=sdk.about("Whether the line is fitted to it"))
    x = sdk.Measured(
        unit_field="x_unit", allow_none=True, metadata=sdk.about("Where it lies in the plot")
    )
    x_unit = fields.String(metadata=sdk.about("Unit of x"))
    y = sdk.Measured(
        unit_field="y_unit", allow_none=True, metadata=sdk.about("Where it lies in the plot")
    )
    line = sdk.Measured(unit_field="y_unit", allow_none=True, metadata=sdk.about("The line at x"))
    y_unit = fields.String(metadata=sdk.about("Unit of y and line"))
