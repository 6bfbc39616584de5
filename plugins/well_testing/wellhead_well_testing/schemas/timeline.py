"""What the API takes and gives for a test as time goes by."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_historian.query.downsample import FEWEST


class TimelineQuery(sdk.Schema):
    points = fields.Integer(
        load_default=1_000,
        validate=validate.Range(FEWEST, 20_000),
        metadata=sdk.about("Pressures a gauge at most, the extremes of each stretch among them")
        | {"x-unit": "1"},
    )
    units = sdk.units_field()
    format = fields.String(metadata=sdk.about("Of the plot"))


def _column(text: str, *, unit: str = "", unit_field: str = "") -> fields.List[float]:
    named = {"x-unit-field": unit_field} if unit_field else {"x-unit": unit}
    return fields.List(fields.Float(allow_none=True), metadata=sdk.about(text) | named)


class GaugeLineSchema(sdk.Schema):
    gauge_run_id = fields.String(metadata=sdk.about("The gauge run"))
    gauge = fields.String(metadata=sdk.about("What it is called"))
    version = fields.Integer(metadata=sdk.about("Of its series") | {"x-unit": "1"})
    hours = _column("Time since the test began", unit="h")
    pressure = _column("Pressure, absolute", unit_field="units.pressure")


class WellTestTimelineSchema(sdk.Schema):
    units = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata=sdk.about("Unit of pressure, oil, gas and water"),
    )
    gauges = fields.List(
        fields.Nested(GaugeLineSchema), metadata=sdk.about("Newest pressures of each gauge")
    )
    step_hours = _column("When each rate step begins, since the test began", unit="h")
    oil = _column("Oil of each step; null: not measured", unit_field="units.oil")
    gas = _column("Gas of each step", unit_field="units.gas")
    water = _column("Water of each step", unit_field="units.water")
    standard_conditions = fields.String(metadata=sdk.about("Conditions of the rates"))
