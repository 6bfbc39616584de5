"""What the API takes and gives for pressure surveys, and for pressures at the datum."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.schemas.common import InReservoirSchema
from wellhead_reservoir.vocabulary import Phase, SurveyKind
from wellhead_wells.datums import DepthKind
from wellhead_wells.vocabulary import DATUMS


class StationSchema(sdk.Schema):
    depth = sdk.quantity_field(
        "length", -6_000, 18_000, "m", "Of depth_kind, from depth_datum", required=True
    )
    pressure = sdk.quantity_field(
        "absolute_pressure", 0.1, 3_000, "bara", "Absolute pressure", required=True
    )
    fluid = sdk.choice_field(Phase, "What the gauge is in", allow_none=True)
    used = fields.Boolean(
        load_default=True, metadata=sdk.about("Whether it counts; false for a seal that leaked")
    )
    remark = sdk.line_field("Why it does not count, mobility …", allow_none=True)


def _gradient(text: str) -> fields.Nested:
    return sdk.quantity_field("pressure_gradient", 0, 1, "psi/ft", text)


class PressureSurveySchema(InReservoirSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well, for good"))
    wellbore_id = fields.UUID(
        allow_none=True,
        metadata=sdk.about("The wellbore, whose definitive survey makes TVD of measured depths"),
    )
    measured_on = fields.Date(required=True, metadata=sdk.about("Day it was measured"))
    kind = sdk.choice_field(SurveyKind, "How it was measured", required=True)
    shut_in_time = sdk.number_field(
        0, 1e6, "How long the well had been shut in, hours", unit="h", allow_none=True
    )
    depth_kind = sdk.choice_field(DepthKind, "md, along the hole, or tvd", required=True)
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of the stations' depths; MSL for true vertical depths subsea", required=True
    )
    stations = fields.List(
        sdk.Whole(StationSchema),
        required=True,
        validate=validate.Length(1, 500),
        metadata=sdk.about("Depths and pressures; a list sent replaces the one stored"),
    )
    gradient = _gradient(
        "Of whatever lies between the stations and the reservoir's datum; null = by contacts"
    )
    gas_gradient = _gradient("Of gas, where the way to the datum leads through it")
    oil_gradient = _gradient("Of oil, where the way to the datum leads through it")
    water_gradient = _gradient("Of water, where the way to the datum leads through it")
    weight = sdk.number_field(
        0, 1e6, "Weight in the average of the day, pore volume say; 1 if left out", unit="1"
    )
    remark = sdk.prose_field("Gauge, serial number, what else there is to know")


class StationAtDatumSchema(sdk.Schema):
    depth = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        metadata=sdk.about("True vertical below mean sea level, in depth_unit"),
    )
    depth_unit = fields.String(metadata=sdk.about("Unit of depth"))
    measured = sdk.Measured(
        unit_field="pressure_unit",
        quantity="absolute_pressure",
        metadata=sdk.about("Absolute pressure that was measured, in pressure_unit"),
    )
    at_datum = sdk.Measured(
        unit_field="pressure_unit",
        quantity="absolute_pressure",
        metadata=sdk.about("The same at the reservoir's datum, in pressure_unit"),
    )
    pressure_unit = fields.String(metadata=sdk.about("Unit of the pressures"))
    fluid = fields.String(allow_none=True, metadata=sdk.about("What the gauge is in"))
    used = fields.Boolean(metadata=sdk.about("Whether it counts"))


class GradientSchema(sdk.Schema):
    fluid = fields.String(metadata=sdk.about("The fluid whose used stations it is fitted to"))
    gradient = sdk.quantity_field("pressure_gradient", -10, 10, "psi/ft", "Slope of the line")
    stations = fields.Integer(
        metadata=sdk.about("How many stations it is fitted to") | {"x-unit": "1"}
    )


class FreeLevelSchema(sdk.Schema):
    upper = fields.String(metadata=sdk.about("The fluid above"))
    lower = fields.String(metadata=sdk.about("The fluid below"))
    depth = sdk.quantity_field(
        "length", -1e9, 1e9, "m", "Where their gradients meet, true vertical below mean sea level"
    )


class SurveyAtDatumSchema(sdk.Schema):
    survey_id = fields.UUID(metadata=sdk.about("The survey"))
    well_id = fields.UUID(metadata=sdk.about("The well"))
    well = fields.String(metadata=sdk.about("Its name"))
    measured_on = fields.Date(metadata=sdk.about("Day it was measured"))
    kind = fields.String(metadata=sdk.about("How it was measured"))
    weight = fields.Float(metadata=sdk.about("Weight in the average") | {"x-unit": "1"})
    pressure = sdk.quantity_field(
        "absolute_pressure",
        0,
        1e9,
        "psia",
        "At the datum, of the used station nearest to it; null when none is used",
    )
    stations = fields.List(
        fields.Nested(StationAtDatumSchema), metadata=sdk.about("All stations, at the datum")
    )
    gradients = fields.List(
        fields.Nested(GradientSchema),
        metadata=sdk.about("Of each fluid with two used stations or more"),
    )
    free_levels = fields.List(
        fields.Nested(FreeLevelSchema), metadata=sdk.about("Where gradients of two fluids meet")
    )


class AverageSchema(sdk.Schema):
    date = fields.Date(metadata=sdk.about("Day"))
    pressure = sdk.quantity_field(
        "absolute_pressure", 0, 1e9, "psia", "Weighted mean of the day's surveys, at the datum"
    )
    surveys = fields.Integer(metadata=sdk.about("How many surveys it is of") | {"x-unit": "1"})


class PressureHistorySchema(sdk.Schema):
    datum_depth = sdk.quantity_field(
        "length", -1e9, 1e9, "m", "The reservoir's datum, true vertical below mean sea level"
    )
    initial_pressure = sdk.quantity_field(
        "absolute_pressure", 0, 1e9, "psia", "Of the reservoir, where it is known"
    )
    surveys = fields.List(
        fields.Nested(SurveyAtDatumSchema), metadata=sdk.about("Surveys in the order of time")
    )
    averages = fields.List(
        fields.Nested(AverageSchema), metadata=sdk.about("One a day that was surveyed")
    )
