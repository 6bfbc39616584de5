"""The shapes of the API of calculated tags."""

import datetime as dt
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select

from wellhead import sdk
from wellhead_calculations.expression.text import MOST_CHARACTERS
from wellhead_calculations.models import Calculation
from wellhead_historian.http.schemas import INT4_MAX, one_line
from wellhead_historian.models import Tag

_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


def _shown_names(calculation: Calculation) -> dict[int, str]:
    """Of its inputs that the caller may see."""
    names = {one.tag_id: one.name for one in calculation.inputs}
    if sdk.visible_assets() is not None:
        seen = sdk.only_visible(select(Tag.id).where(Tag.id.in_(names)), Tag.asset_id)
        visible = set(sdk.db.session.scalars(seen))
        names = {tag: name for tag, name in names.items() if tag in visible}
    return {tag: name for tag, name in names.items() if not set("{}") & set(name)}


class _ByName(fields.String):
    """Tags are kept by their numbers and shown by the names they have now."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        if not isinstance(obj, Calculation):
            return super()._serialize(value, attr, obj, **options)
        if value is None:
            return None
        shown, names = str(value), _shown_names(obj)
        for tag, name in names.items():
            shown = shown.replace(f"tag({tag})", name if attr == "total_of" else f"{{{name}}}")
        return shown


class RuleSchema(sdk.Schema):
    """What a calculation is made of."""

    unit = fields.String(
        allow_none=True,
        validate=validate.Length(1, 50),
        metadata={"description": "Unit of the results", "example": "m3/d"},
    )
    expression = _ByName(
        allow_none=True,
        validate=validate.Length(1, MOST_CHARACTERS),
        metadata={
            "description": "Over other tags: {W-01.FT-1} * (1 - {W-01.WC}) + 5 [m3/d]; tags by "
            "name in braces or as tag(17), units checked. Not of a total",
            "example": "{W-01.PT-101} - {W-01.PT-102}",
        },
    )
    total_of = _ByName(
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Name of the tag whose rate is added up. Not of an expression"},
    )
    period = fields.String(
        allow_none=True,
        validate=validate.OneOf(["day", "hour"]),
        metadata={"description": "Of a total: production days (the default) or hours"},
    )
    zone = fields.String(
        allow_none=True,
        validate=validate.Length(1, 64),
        metadata={"description": "Of a total: time zone of its days (IANA)", "example": "UTC"},
    )
    day_start = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Must be like 06:00."),
        metadata={"description": "Of a total: when its days begin, local time", "example": "06:00"},
    )
    least_share = fields.Float(
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={
            "description": "Of a total: share of its period, 0 to 1, that good readings must cover "
            "for it to be good; 0.95 if not given"
        },
    )
    max_age_s = fields.Float(
        validate=validate.Range(1, 31_622_400),
        metadata={
            "description": "Seconds that the last reading of an input counts; 3600 if not given"
        },
    )
    start = sdk.Instant(
        validate=validate.Range(_FIRST, _LAST),
        metadata={
            "description": "From when on there are results: earlier than now calculates them from "
            "the history. Now if not given"
        },
    )


class CalculationSchema(RuleSchema):
    """A calculated tag: what it is, and how its readings come about."""

    tag_id = fields.Integer(
        dump_only=True,
        validate=validate.Range(1, INT4_MAX),
        metadata={"description": "The tag's number", "example": 17},
    )
    name = fields.String(
        required=True,
        validate=[validate.Length(1, 200), one_line],
        metadata={"description": "Of the tag; unique", "example": "W-01.DP"},
    )
    description = fields.String(
        allow_none=True, validate=validate.Length(max=1000), metadata={"description": "For people"}
    )
    quantity = fields.String(
        allow_none=True,
        metadata={
            "description": "What it measures, of /api/v1/units; null = what the unit usually means"
        },
    )
    asset_id = fields.UUID(
        allow_none=True, metadata={"description": "Asset of the plant tree the tag belongs to"}
    )
    created_at = sdk.Instant(dump_only=True, metadata={"description": "When it was made, UTC"})
    updated_at = sdk.Instant(
        dump_only=True, metadata={"description": "When it was last changed, UTC"}
    )


class CalculationStateSchema(sdk.Schema):
    """How far a calculation is."""

    evaluated_at = sdk.Instant(
        allow_none=True, metadata={"description": "When it was last evaluated, UTC"}
    )
    results = fields.Integer(metadata={"description": "Readings written so far"})
    error = fields.String(
        allow_none=True, metadata={"description": "Why it cannot be evaluated; null = it can"}
    )
    waiting = fields.Boolean(metadata={"description": "Whether history is still to be evaluated"})
    done_until = fields.String(
        allow_none=True,
        metadata={"description": "RFC 3339: results before this are there, while waiting"},
    )


class TrialSchema(RuleSchema):
    """A calculation to try out."""

    to = sdk.Instant(
        validate=validate.Range(_FIRST, _LAST),
        metadata={"description": "Until when to try it; now if not given"},
    )


class TrialInputSchema(sdk.Schema):
    id = fields.Integer(metadata={"description": "Id of the tag"})
    name = fields.String(metadata={"description": "Its name"})
    unit = fields.String(allow_none=True, metadata={"description": "Its unit"})


class TrialResultSchema(sdk.Schema):
    """What a calculation would give; nothing is stored."""

    inputs = fields.List(
        fields.Nested(TrialInputSchema), metadata={"description": "The tags that it uses"}
    )
    t = fields.List(
        fields.Integer(), metadata={"description": "Times, microseconds since 1970 UTC"}
    )
    v = fields.List(
        fields.Float(allow_none=True), metadata={"description": "Values in unit; null = none"}
    )
    q = fields.List(fields.Integer(), metadata={"description": "OPC qualities, 192 = good"})
    unit = fields.String(allow_none=True, metadata={"description": "Of the values"})
    more = fields.Boolean(metadata={"description": "Whether there are results after these"})
