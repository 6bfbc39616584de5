"""What the API takes and gives for well tests."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from wellhead import sdk
from wellhead_well_testing.schemas.common import RatesSchema
from wellhead_well_testing.vocabulary import WellTestKind, WellTestState
from wellhead_wells.search import find_named


class WellTestSchema(RatesSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well that is tested, for good"))
    well_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well"))
    completion_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The completion of it that is tested; null: the well")
    )
    kind = sdk.choice_field(WellTestKind, "What is done", required=True)
    reference = sdk.line_field("Number or name that people know it by", allow_none=True)
    state = sdk.choice_field(WellTestState, "Where it stands", dump_only=True)
    start_at = sdk.Instant(
        allow_none=True, metadata=sdk.about("Begin; of a planned test when it is to begin")
    )
    end_at = sdk.Instant(allow_none=True, metadata=sdk.about("End, after start_at"))
    effective_at = sdk.Instant(
        allow_none=True,
        metadata=sdk.about("Since when its rates stand for the well; null: since start_at"),
    )
    duration = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("From start_at to end_at, hours") | {"x-unit": "h"},
    )
    standard_conditions = sdk.choice_field(
        sdk.units.STANDARD_CONDITIONS, "Conditions that its rates are stated at", required=True
    )
    separator_pressure = sdk.quantity_field(
        "gauge_pressure", -1, 500, "barg", "Pressure of the test separator"
    )
    separator_temperature = sdk.quantity_field(
        "temperature", -50, 250, "degC", "Temperature of the test separator"
    )
    revision = fields.Integer(
        dump_only=True,
        metadata=sdk.about("From 1; one more each time that it was opened again") | {"x-unit": "1"},
    )
    revision_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why it was opened again")
    )
    decided_at = sdk.Instant(
        dump_only=True, allow_none=True, metadata=sdk.about("When it was validated or rejected")
    )
    decided_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of who did that")
    )
    decision_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why they did")
    )


class WellTestRowSchema(WellTestSchema):
    """A test in a file, which may say by any name whose it is."""

    well_id = fields.UUID(metadata=sdk.about("The well that is tested, unless `well` says it"))
    well = sdk.line_field("Name, alias or number of the well, in place of well_id", load_only=True)

    @validates_schema
    def _one_well(self, data: dict[str, Any], **_: Any) -> None:
        if ("well" in data) == ("well_id" in data):
            raise ValidationError("Give one of well and well_id.", "well")

    @post_load
    def _find_well(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "well" in data:
            data["well_id"] = find_named(data.pop("well"), "well").id
        return data
