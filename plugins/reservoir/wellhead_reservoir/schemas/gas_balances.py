"""What the API takes and gives for p/z lines."""

from marshmallow import fields

from wellhead import sdk
from wellhead_reservoir.schemas.analyses import (
    AnalysisSchema,
    conditions_field,
    confidence_field,
    table_field,
    units_of_results,
)
from wellhead_reservoir.schemas.points import (
    PlotRowSchema,
    PointSchema,
    points_field,
    volume,
    volumes_from_field,
)


class GasBalancePointSchema(PointSchema):
    z = sdk.number_field(
        0.1, 5, "z of the gas; of the fluid table if left out", unit="1", allow_none=True
    )
    gas = volume("gas_volume", "Gas produced, wet")


class GasBalanceInputsSchema(sdk.Schema):
    standard_conditions = conditions_field("Of the volumes that are sent, and of the results")
    points = points_field(GasBalancePointSchema)
    volumes_from = volumes_from_field()
    pvt_table_id = table_field()
    hold_initial = fields.Boolean(
        load_default=False,
        metadata=sdk.about("Whether the line is held at the first point, else fitted to it too"),
    )
    rock_compressibility = sdk.quantity_field(
        "compressibility", 0, 1e-3, "1/psi", "Corrects for rock and water; none if left out"
    )
    water_compressibility = sdk.quantity_field(
        "compressibility", 0, 1e-3, "1/psi", "Of connate water, with rock_compressibility"
    )
    water_saturation = sdk.number_field(
        0, 0.95, "Connate water, fraction, with rock_compressibility", unit="1", allow_none=True
    )
    abandonment_pressure = sdk.quantity_field(
        "absolute_pressure", 0.1, 2_000, "bara", "For what can be recovered"
    )
    abandonment_z = sdk.number_field(
        0.1,
        5,
        "z at abandonment_pressure; of the fluid table if left out",
        unit="1",
        allow_none=True,
    )
    confidence = confidence_field()
    units = units_of_results()


class GasBalanceRowSchema(PlotRowSchema):
    pressure = sdk.Measured(
        unit_field="y_unit", quantity="absolute_pressure", metadata=sdk.about("In y_unit")
    )
    z = fields.Float(metadata=sdk.about("z of the gas") | {"x-unit": "1"})
    p_over_z = sdk.Measured(
        unit_field="y_unit", quantity="absolute_pressure", metadata=sdk.about("p/z, in y_unit")
    )


class GasBalanceSchema(AnalysisSchema):
    inputs = fields.Nested(
        GasBalanceInputsSchema, required=True, metadata=sdk.about("What goes in")
    )
    rows = fields.List(
        fields.Nested(GasBalanceRowSchema),
        dump_only=True,
        metadata=sdk.about("The points: x is gas produced, y is p/z with its correction"),
    )
