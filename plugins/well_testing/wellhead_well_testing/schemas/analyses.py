"""What the API takes and gives for analyses that are kept, and what all of them share."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_well_testing.analyses.vocabulary import KINDS


class UnitsSchema(sdk.Schema):
    units = sdk.choice_field(
        sdk.units.System, "Units of the results; by those of the inputs if left out"
    )


class KeptSchema(sdk.Schema):
    """What an analysis that is kept has beside its inputs."""

    test_id = fields.UUID(required=True, metadata=sdk.about("The test that it is of"))
    remark = sdk.prose_field("What the engineer says of it")


class GasTableRowSchema(sdk.Schema):
    pressure = sdk.quantity_field(
        "absolute_pressure", 0.01, 2_000, "bara", "Pressure, ascending", required=True
    )
    viscosity = sdk.quantity_field(
        "viscosity", 0.001, 1, "cP", "Viscosity of the gas there", required=True
    )
    z = sdk.number_field(0.05, 5, "Compressibility factor there", unit="1", required=True)


def gas_table_field() -> fields.List[Any]:
    return fields.List(
        sdk.Whole(GasTableRowSchema),
        validate=validate.Length(2, 500),
        metadata=sdk.about("Viscosity and z of the gas, for pseudo-pressures; straight between"),
    )


class AnalysisColumnSchema(sdk.Schema):
    name = fields.String(metadata=sdk.about("Name of the column"))
    title = fields.String(metadata=sdk.about("What it is"))
    unit = fields.String(metadata=sdk.about("Unit of values; 1 for plain numbers"))
    values = fields.List(
        fields.Float(allow_none=True),
        metadata=sdk.about("One a row, null where there is none") | {"x-unit-field": "unit"},
    )


class AnalysisTableSchema(sdk.Schema):
    name = fields.String(
        metadata=sdk.about("points: what was measured; rates: of a transient; curve: what follows")
    )
    columns = fields.List(
        fields.Nested(AnalysisColumnSchema), metadata=sdk.about("Columns of equal length")
    )


class AnsweredSchema(sdk.Schema):
    results = fields.List(
        fields.Nested(sdk.ResultLineSchema),
        dump_only=True,
        metadata=sdk.about("What came out, each with its unit"),
    )
    warnings = fields.List(
        fields.String(), dump_only=True, metadata=sdk.about("Where the numbers ask for care")
    )
    made_from = fields.List(
        fields.String(),
        dump_only=True,
        metadata=sdk.about("What of the test was taken; empty when all of it was sent"),
    )
    source = fields.String(dump_only=True, metadata=sdk.about("Where the method is from"))


class CalculatedAnalysisSchema(AnsweredSchema):
    kind = fields.String(metadata=sdk.about("Which method"))
    tables = fields.List(
        fields.Nested(AnalysisTableSchema), metadata=sdk.about("The columns to draw")
    )


class AnalysisHeadSchema(sdk.Schema):
    """What comes first of an analysis, in JSON as in CSV."""

    id = fields.UUID(metadata=sdk.about("The analysis"))
    test_id = fields.UUID(metadata=sdk.about("The test that it is of"))
    kind = sdk.choice_field(KINDS, "Which method")
    version = fields.Integer(
        metadata=sdk.about("From 1, of this method on this test") | {"x-unit": "1"}
    )
    standard_conditions = fields.String(
        metadata=sdk.about("Conditions of the test's rates, and of rates in results")
    )
    inputs = fields.Dict(
        keys=fields.String(), metadata=sdk.about("What went in, as it was entered")
    )


class WellTestAnalysisSchema(AnsweredSchema, AnalysisHeadSchema):
    well_name = fields.String(metadata=sdk.about("Name of the test's well"))
    remark = fields.String(allow_none=True, metadata=sdk.about("What the engineer says of it"))
    created_by = fields.String(allow_none=True, metadata=sdk.about("E-mail of the user"))
    created_at = sdk.Instant(metadata=sdk.about("When it was kept, UTC"))


class ComparedResultSchema(sdk.Schema):
    name = fields.String(metadata=sdk.about("Name of the result"))
    title = fields.String(metadata=sdk.about("What it is"))
    value = fields.Float(
        allow_none=True, metadata=sdk.about("Of this analysis") | {"x-unit-field": "unit"}
    )
    other = fields.Float(
        allow_none=True, metadata=sdk.about("Of the other one") | {"x-unit-field": "unit"}
    )
    difference = fields.Float(
        allow_none=True, metadata=sdk.about("value less other") | {"x-unit-field": "unit"}
    )
    unit = fields.String(metadata=sdk.about("Unit of all three"))


class ComparedInputSchema(sdk.Schema):
    name = fields.String(metadata=sdk.about("Name of the input"))
    value = fields.Raw(allow_none=True, metadata=sdk.about("Of this analysis, as entered"))
    other = fields.Raw(allow_none=True, metadata=sdk.about("Of the other one"))


class AnalysisComparisonSchema(sdk.Schema):
    results = fields.List(
        fields.Nested(ComparedResultSchema), metadata=sdk.about("Results of either")
    )
    inputs = fields.List(
        fields.Nested(ComparedInputSchema), metadata=sdk.about("Inputs that are not the same")
    )
