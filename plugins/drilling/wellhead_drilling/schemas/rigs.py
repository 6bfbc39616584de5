"""What the API takes and gives for rigs and their assignments."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.vocabulary import RigType


class RigSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The rig"))
    asset_id = fields.UUID(
        dump_only=True, metadata=sdk.about("The rig's node of the plant tree; its tags hang there")
    )
    parent_asset_id = sdk.ParentAsset(
        allow_none=True, metadata=sdk.about("Field, facility or pad it stands on; null = none")
    )
    name = sdk.line_field("Name; also the name of the rig's asset", required=True)
    contractor = sdk.line_field("Drilling contractor", allow_none=True)
    rig_type = sdk.choice_field(RigType, "What it stands or floats on; unknown if left out")
    rig_class = sdk.line_field("Class: 1500 hp AC, DP3, ABS A1 …", allow_none=True)
    power = sdk.quantity_field("power", 0, 50_000, "kW", "Installed power")
    hook_load_rating = sdk.quantity_field("force", 0, 20_000, "kN", "Most the hook may carry")
    time_zone = sdk.line_field(
        "IANA time zone of its clocks and report days: America/Chicago …", required=True
    )
    report_day_start = fields.String(
        validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="Must be HH:MM."),
        metadata=sdk.about("Local time at which a report day begins, HH:MM; 00:00 if left out"),
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class RigAssignmentSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The assignment"))
    rig_id = fields.UUID(required=True, metadata=sdk.about("The rig"))
    wellbore_id = fields.UUID(
        required=True, metadata=sdk.about("The wellbore it works on, for good")
    )
    start_at = sdk.Instant(required=True, metadata=sdk.about("When it began to work on it"))
    end_at = sdk.Instant(
        allow_none=True, metadata=sdk.about("When it left; null while it is there")
    )
    remark = sdk.prose_field("What for")
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
