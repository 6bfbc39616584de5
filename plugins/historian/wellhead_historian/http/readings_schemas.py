"""The shapes of questions about readings, and of the answers."""

from typing import Any

from marshmallow import Schema, fields, validate

from wellhead import sdk
from wellhead_historian.http.schemas import CountSchema, MissingMetaSchema, NumberOrText, tags_field
from wellhead_historian.query.aggregates import AGGREGATES
from wellhead_historian.query.downsample import FEWEST, Method
from wellhead_historian.query.question import QUALITIES

_AGG = f"What of each interval: {', '.join(AGGREGATES)}; default mean"
_AT = "Values at these times, RFC 3339; goes without from and to"
_NO_VALUE = "null = no usable reading"


class QuestionSchema(sdk.Schema):
    """What is asked of readings: with none of points, interval, at and every the readings."""

    from_ = fields.String(
        attribute="from",
        data_key="from",
        metadata={"description": "RFC 3339, inclusive", "example": "2026-01-31T12:00:00Z"},
    )
    to = fields.String(
        metadata={
            "description": "RFC 3339, exclusive; default now",
            "example": "2026-01-31T13:00:00Z",
        }
    )
    limit = fields.Integer(
        validate=validate.Range(1, 1_000_000),
        metadata={
            "description": "Readings at most; default and upper bound: max_points, shared by the "
            "tags of one request"
        },
    )
    points = fields.Integer(
        validate=validate.Range(FEWEST, 1_000_000),
        metadata={"description": "A picture of the range in so many points, each gap one more"},
    )
    method = fields.String(
        validate=validate.OneOf(list(Method)),
        metadata={
            "description": "How points are chosen: minmax (default) keeps every peak, lttb the "
            "line's shape"
        },
    )
    interval = fields.String(
        metadata={
            "description": "Aggregates of intervals so wide: 15m, 1h, 1d, 1w, 1mo, 1y, or ISO 8601",
            "example": "PT1H",
        }
    )
    tz = fields.String(
        metadata={
            "description": "IANA zone whose days, weeks and months intervals follow; default UTC",
            "example": "Europe/Oslo",
        }
    )
    day_start = fields.String(
        metadata={
            "description": "Local time at which a (production) day begins; default 00:00",
            "example": "06:00",
        }
    )
    every = fields.String(
        metadata={
            "description": "Interpolated values at the beginnings of intervals so wide, in the "
            "range; step or linear as the tag says",
            "example": "15m",
        }
    )
    quality = fields.String(
        validate=validate.OneOf(list(QUALITIES)),
        metadata={
            "description": "Which readings count: good, usable (not bad) or all; default all for "
            "readings as they are, usable for what is made of them"
        },
    )
    format = fields.String(
        validate=validate.OneOf(["json", "csv", "jsonl"]),
        metadata={
            "description": "csv is the same as `Accept: text/csv`: a line a reading; csv without "
            "limit and jsonl hold all readings of the range, streamed"
        },
    )
    units = sdk.units_field()


class Words(fields.Field[list[str]]):
    """Words with commas between them, as a parameter in a URL has them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str]:
        return [word.strip() for word in str(value).split(",")]


class ReadingsQuery(QuestionSchema):
    agg = Words(
        metadata={"description": f"{_AGG}; commas between", "type": "string", "example": "min,max"}
    )
    at = Words(metadata={"description": f"{_AT}; commas between", "type": "string"})


class ManyReadingsQuery(QuestionSchema):
    """A question about many tags."""

    tags = tags_field("Ids or names, at most max_query_tags", required=True)
    agg = fields.List(fields.String(), metadata={"description": _AGG, "example": ["min", "max"]})
    at = fields.List(fields.String(), metadata={"description": _AT})


class ReadingsMetaSchema(CountSchema):
    """What columns of readings are, and where to go on."""

    unit = fields.String(allow_none=True, metadata={"description": "Unit of the values"})
    units = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        allow_none=True,
        metadata={
            "description": "Unit of each aggregate (of integral, unit x s, or s where the tag "
            "has none); null where there are none"
        },
    )
    source = fields.String(
        validate=validate.OneOf(["raw", "minute", "hour", "day"]),
        metadata={"description": "What the answer was made of: readings, or summaries so wide"},
    )
    method = fields.String(
        allow_none=True,
        validate=validate.OneOf(["minmax", "lttb", "aggregate", "step", "linear"]),
        metadata={"description": "How; null = readings as they are"},
    )
    truncated = fields.Boolean(metadata={"description": "True when there are more before `to`"})
    next = fields.String(
        allow_none=True,
        metadata={"description": "`from` of the request that goes on; null = this is all"},
    )


class _Columns(sdk.Schema):
    t = fields.List(
        fields.Integer(),
        metadata={"description": "Microseconds since 1970-01-01 UTC; of intervals their beginning"},
    )
    v = fields.List(
        NumberOrText(allow_none=True, metadata={}),
        metadata={
            "description": "Values in the unit; texts where the datatype is string; null = a gap. "
            "Not of intervals"
        },
    )
    q = fields.List(
        fields.Integer(), metadata={"description": "OPC quality, 192 = good. Not of intervals"}
    )


_OF_INTERVALS: dict[str, fields.Field[Any]] = {
    name: fields.List(
        NumberOrText(allow_none=True, metadata={}),
        metadata={"description": f"{name} of each interval, where asked for; {_NO_VALUE}"},
    )
    for name in AGGREGATES
}
_AllColumns: Any = _Columns.from_dict(_OF_INTERVALS, name="ReadingsColumns")


class ReadingsSchema(_AllColumns):
    """Columns of equal length, in order of time: `t` with `v` and `q`, or with aggregates."""

    envelope_meta: type[Schema] | None = ReadingsMetaSchema


class SeriesSchema(ReadingsMetaSchema, _AllColumns):
    """One tag's answer. `count` is the aggregate."""

    count: Any = _OF_INTERVALS["count"]
    tag = fields.Integer(metadata={"description": "Id of the tag"})
    name = fields.String(metadata={"description": "Its name"})


class ManyReadingsSchema(sdk.Schema):
    """An answer a tag, in the order in which they were named."""

    envelope_meta: type[Schema] | None = MissingMetaSchema

    series = fields.List(
        fields.Nested(SeriesSchema), metadata={"description": "One a tag that is there"}
    )
