"""What the API takes and gives for completions, zones and perforations."""

from typing import Any

from marshmallow import fields, pre_dump

from wellhead import sdk
from wellhead_wells.completions.tvd import set_tvds
from wellhead_wells.completions.vocabulary import (
    CompletionKind,
    CompletionStatus,
    PerforationStatus,
)
from wellhead_wells.schemas import MAX_DEPTH, length_field
from wellhead_wells.vocabulary import DATUMS, LengthUnit


def _depth(about: str, **options: Any) -> sdk.Measured:
    text = f"{about}, in depth_unit from depth_datum"
    return length_field(0, MAX_DEPTH, text, "depth_unit", **options)


def _tvd(about: str) -> sdk.Measured:
    text = f"True vertical depth of {about}, by the definitive survey; null while there is none"
    return _depth(text, dump_only=True, allow_none=True)


class _StretchSchema(sdk.Schema):
    volatile = ("top_tvd", "bottom_tvd")

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    top_md = _depth("Measured depth of the top", required=True)
    bottom_md = _depth("Measured depth of the bottom", required=True)
    depth_unit = sdk.choice_field(
        LengthUnit, "Unit of the depths: m or ft; the wellbore's if left out", allow_none=True
    )
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of the depths; the wellbore's or the well's if left out", allow_none=True
    )
    top_tvd = _tvd("the top")
    bottom_tvd = _tvd("the bottom")
    status_since = fields.Date(
        allow_none=True, metadata=sdk.about("Day since which it has its status, local")
    )
    remark = sdk.prose_field("What else is to be known")
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))

    @pre_dump(pass_collection=True)
    def _with_tvds(self, shown: Any, many: bool, **_: Any) -> Any:
        set_tvds(shown if many else [shown])
        return shown


class CompletionSchema(_StretchSchema):
    wellbore_id = fields.UUID(required=True, metadata=sdk.about("The wellbore that is completed"))
    well_id = fields.UUID(dump_only=True, metadata=sdk.about("The well of the wellbore"))
    asset_id = fields.UUID(
        dump_only=True,
        metadata=sdk.about("The completion's node of the plant tree, under the wellbore's"),
    )
    name = sdk.line_field("Name, unique in the wellbore", required=True)
    kind = sdk.choice_field(CompletionKind, "How the hole is open to the formation", required=True)
    status = sdk.choice_field(CompletionStatus, "Where it stands; planned if left out")
    run_on = fields.Date(allow_none=True, metadata=sdk.about("Day it was put in, local"))
    ended_on = fields.Date(
        allow_none=True, metadata=sdk.about("Day it was pulled or abandoned; null: it is there")
    )
    top_md = _depth("Measured depth of the completed stretch's top", allow_none=True)
    bottom_md = _depth("Measured depth of its bottom", allow_none=True)


class _PartSchema(_StretchSchema):
    completion_id = fields.UUID(required=True, metadata=sdk.about("The completion it belongs to"))
    asset_id = fields.UUID(
        dump_only=True, metadata=sdk.about("The completion's node of the plant tree")
    )


class ZoneSchema(_PartSchema):
    name = sdk.line_field("Name, unique in the completion", required=True)
    formation = sdk.line_field("Formation or reservoir it is in", allow_none=True)
    status = sdk.choice_field(CompletionStatus, "Where it stands; planned if left out")


class PerforationSchema(_PartSchema):
    zone_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The zone of the completion that it opens")
    )
    shot_on = fields.Date(allow_none=True, metadata=sdk.about("Day it was shot, local"))
    shot_density = sdk.quantity_field("shot_density", 0.1, 40, "spf", "Shots a length of hole")
    phasing = sdk.number_field(
        0, 360, "Angle from one shot to the next", unit="deg", allow_none=True
    )
    status = sdk.choice_field(PerforationStatus, "What became of it; planned if left out")
