"""The shapes of /api/v1/uplink."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from wellhead import sdk
from wellhead_historian.http.schemas import states_field, step_field

INT4_MAX = 2**31 - 1
INT8_MAX = 2**63 - 1
MAX_DEVICES = 10_000
MAX_TAGS = 5_000
_COUNT = validate.Range(0, INT8_MAX)


def _each_once(rows: list[dict[str, Any]], what: str, field: str) -> None:
    """Raises ValidationError when two rows have the same."""
    seen = set()
    for place, row in enumerate(rows):
        if row[what] in seen:
            raise ValidationError({field: {place: {what: ["Another one has it too."]}}})
        seen.add(row[what])


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class BacklogSchema(sdk.Schema):
    """What waits at an edge."""

    readings = fields.Integer(
        required=True, validate=_COUNT, metadata=_about("Readings that wait to be sent")
    )
    bytes = fields.Integer(required=True, validate=_COUNT, metadata=_about("Their size, packed"))
    age_s = fields.Float(
        required=True,
        validate=validate.Range(0, 1e9),
        metadata=_about("Seconds since the oldest of them was stored at the edge"),
    )
    dropped = fields.Integer(
        required=True, validate=_COUNT, metadata=_about("Readings that a full outbox lost, ever")
    )


class ReportedDeviceSchema(sdk.Schema):
    """A device of the edge."""

    id = fields.UUID(required=True, metadata=_about("Its id at the edge"))
    name = fields.String(
        required=True, validate=validate.Length(1, 200), metadata=_about("Its name there")
    )
    driver = fields.String(
        required=True, validate=validate.Length(1, 100), metadata=_about("What speaks to it")
    )
    state = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata=_about("How it is doing: connected, backing_off, disabled, unknown"),
    )
    since = sdk.Instant(required=True, metadata=_about("When that began"))
    reason = fields.String(
        required=True, allow_none=True, validate=validate.Length(max=2000), metadata=_about("Why")
    )
    tags = fields.Integer(
        required=True,
        validate=validate.Range(0, INT4_MAX),
        metadata=_about("How many tags are read from it"),
    )


class ReportSchema(sdk.Schema):
    """What an edge says of itself, at the start of a connection and every `report_s`."""

    stream = fields.UUID(required=True, metadata=_about("Identity of its outbox"))
    replaces = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata=_about("The one it had before it found itself to be a restored copy"),
    )
    backlog = fields.Nested(BacklogSchema, required=True, metadata=_about("What waits there"))
    devices = fields.List(
        fields.Nested(ReportedDeviceSchema),
        required=True,
        validate=validate.Length(max=MAX_DEVICES),
        metadata=_about("All of its devices"),
    )

    @validates_schema(skip_on_field_errors=True)
    def _devices_differ(self, data: dict[str, Any], **_: Any) -> None:
        _each_once(data["devices"], "id", "devices")


class PositionSchema(sdk.Schema):
    """How far an outbox is received."""

    position = fields.Integer(
        allow_none=True, metadata=_about("The last row that is here; null = none of it")
    )
    crc = fields.Integer(
        allow_none=True, metadata=_about("CRC-32 of that row's packed bytes, to know a copy by")
    )


class ReportedTagSchema(sdk.Schema):
    """A tag of the edge."""

    id = fields.Integer(
        required=True, validate=validate.Range(1, INT4_MAX), metadata=_about("Its number there")
    )
    name = fields.String(
        required=True, validate=validate.Length(1, 200), metadata=_about("Its name there")
    )
    unit = fields.String(
        required=True,
        allow_none=True,
        validate=validate.Length(1, 50),
        metadata=_about("Of its readings"),
    )
    quantity = fields.String(
        required=True,
        allow_none=True,
        validate=validate.Length(1, 50),
        metadata=_about("What it measures; null = what the unit usually means"),
    )
    datatype = fields.String(
        required=True, validate=validate.Length(1, 50), metadata=_about("As the edge reads it")
    )
    description = fields.String(
        required=True,
        allow_none=True,
        validate=validate.Length(max=1000),
        metadata=_about("For people; taken over when the tag is new"),
    )
    states = states_field(load_default=None)
    step = step_field(load_default=None)


class CatalogueSchema(sdk.Schema):
    """Tags of an edge: new ones, and those that changed."""

    stream = fields.UUID(required=True, metadata=_about("Identity of its outbox"))
    tags = fields.List(
        fields.Nested(ReportedTagSchema),
        required=True,
        validate=validate.Length(1, MAX_TAGS),
        metadata=_about("Any number of them; those that are not named stay"),
    )

    @validates_schema(skip_on_field_errors=True)
    def _tags_differ(self, data: dict[str, Any], **_: Any) -> None:
        _each_once(data["tags"], "id", "tags")
        _each_once(data["tags"], "name", "tags")


class StreamQuery(sdk.Schema):
    stream = fields.UUID(required=True, metadata=_about("Identity of the outbox"))


class EdgeSchema(sdk.Schema):
    """Another Wellhead that sends its readings here."""

    volatile = ("state", "heard_at", "silent_s", "complete_at", "lag_s", "backlog")

    id = fields.UUID(dump_only=True, metadata=_about("Of the edge, here"))
    name = fields.String(dump_only=True, metadata=_about("Begins the names of its tags"))
    asset_id = fields.UUID(dump_only=True, metadata=_about("Asset that new tags of it are put on"))
    state = fields.String(
        dump_only=True,
        metadata=_about("current; behind: older readings still come; silent: not heard"),
    )
    heard_at = sdk.Instant(dump_only=True, metadata=_about("When it was last heard"))
    silent_s = fields.Float(dump_only=True, metadata=_about("Seconds since then"))
    complete_at = sdk.Instant(
        dump_only=True,
        allow_none=True,
        metadata=_about("All that the edge stored until then is here"),
    )
    lag_s = fields.Float(
        dump_only=True, allow_none=True, metadata=_about("Seconds since complete_at")
    )
    backlog = fields.Nested(
        BacklogSchema, dump_only=True, metadata=_about("What waited there, as it last said")
    )
    received = fields.Integer(dump_only=True, metadata=_about("Readings received, ever"))
    missing = fields.Integer(
        dump_only=True, metadata=_about("Readings that the edge had and that never came")
    )
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it first sent"))


class EdgeDeviceSchema(sdk.Schema):
    """A device of an edge, as the edge last said."""

    id = fields.UUID(dump_only=True, metadata=_about("Its id at the edge"))
    name = fields.String(dump_only=True, metadata=_about("Its name there"))
    driver = fields.String(dump_only=True, metadata=_about("What speaks to it there"))
    state = fields.String(dump_only=True, metadata=_about("As the edge last said, see stale"))
    since = sdk.Instant(dump_only=True, metadata=_about("When that state began"))
    reason = fields.String(dump_only=True, allow_none=True, metadata=_about("Why it is so"))
    tags = fields.Integer(dump_only=True, metadata=_about("How many tags are read from it"))
    reported_at = sdk.Instant(dump_only=True, metadata=_about("When the edge said so"))
    age_s = fields.Float(dump_only=True, metadata=_about("Seconds since then"))
    stale = fields.Boolean(
        dump_only=True,
        metadata=_about("The edge is silent or behind: neither state nor values are of now"),
    )
