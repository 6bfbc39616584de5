"""What the schemas of all kept analyses share."""

from typing import Any

from marshmallow import fields

from wellhead import sdk
from wellhead_reservoir.schemas.common import InReservoirSchema


class Day(fields.Date):
    """A date, which kept inputs have as text already."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return value
        return super()._serialize(value, attr, obj, **kwargs)


class AnalysisSchema(InReservoirSchema):
    """A subclass adds `inputs` and `rows`."""

    version = fields.Integer(
        dump_only=True, metadata=sdk.about("From 1, of the reservoir") | {"x-unit": "1"}
    )
    made_from = fields.List(
        fields.String(),
        dump_only=True,
        metadata=sdk.about("What of the reservoir it was made from, beside the inputs"),
    )
    results = fields.List(
        fields.Nested(sdk.ResultLineSchema),
        dump_only=True,
        metadata=sdk.about("What came out, each with its unit"),
    )
    warnings = fields.List(
        fields.String(), dump_only=True, metadata=sdk.about("What to think of before using it")
    )
    formula = fields.String(dump_only=True, metadata=sdk.about("The formula"))
    source = fields.String(dump_only=True, metadata=sdk.about("Where the formula is from"))
    remark = sdk.prose_field("Why these inputs, what it is for")
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user")
    )


def units_of_results() -> fields.String:
    return sdk.choice_field(
        sdk.units.System, "Units of the results", load_default=sdk.units.System.OILFIELD.value
    )


def conditions_field(text: str) -> fields.String:
    return sdk.choice_field(sdk.units.STANDARD_CONDITIONS, text, required=True)


def confidence_field() -> fields.Float:
    return sdk.number_field(
        0.5, 0.999, "Confidence of the intervals, fraction", unit="1", load_default=0.9
    )


def table_field() -> fields.UUID:
    return fields.UUID(
        allow_none=True,
        metadata=sdk.about("Fluid table of the reservoir; its newest if left out"),
    )
