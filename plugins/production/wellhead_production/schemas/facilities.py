"""What the API takes and gives for facilities."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import RecordSchema, conditions_field
from wellhead_production.vocabulary import FacilityKind


class FacilitySchema(RecordSchema):
    asset_id = fields.UUID(
        dump_only=True,
        metadata=sdk.about("The facility's node of the plant tree; its tags hang there"),
    )
    parent_asset_id = sdk.ParentAsset(
        allow_none=True, metadata=sdk.about("Field or facility it stands under; null = none")
    )
    name = sdk.line_field("Name; also the name of the facility's asset", required=True)
    kind = sdk.choice_field(FacilityKind, "What it is; other if left out")
    time_zone = sdk.line_field(
        "IANA time zone of its production days: America/Chicago …", required=True
    )
    production_day_start = fields.String(
        validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="Must be HH:MM."),
        metadata=sdk.about("Local time at which a production day begins, HH:MM; 00:00 if left out"),
    )
    standard_conditions = conditions_field(
        "Temperature and pressure its volumes are stated at; 15C_101.325kPa if left out"
    )
    remark = sdk.prose_field("What else is to be known")
