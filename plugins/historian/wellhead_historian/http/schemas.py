"""The shapes of the historian's HTTP API."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from wellhead import sdk

INT4_MAX = 2**31 - 1


def states_field(**options: Any) -> fields.Dict:
    """Names of the values of an enumerated state."""
    return fields.Dict(
        keys=fields.String(
            validate=validate.Regexp(r"(0|-?[1-9][0-9]{0,14})\Z", error="Must be a whole number.")
        ),
        values=fields.String(validate=[validate.Length(1, 100), one_line]),
        allow_none=True,
        validate=validate.Length(1, 1000),
        metadata={
            "description": "Names of the values of an enumerated state, by value",
            "example": {"0": "Stopped", "1": "Running"},
        },
        **options,
    )


def step_field(**options: Any) -> fields.Boolean:
    """What a tag's value is between two readings."""
    return fields.Boolean(
        allow_none=True,
        metadata={
            "description": "Whether a value holds until the next reading (true) or goes there in a "
            "straight line (false); null = as the datatype suggests: booleans, texts and "
            "integers with states hold"
        },
        **options,
    )


def tag_class_field(**options: Any) -> fields.String:
    """How long a tag is kept."""
    return fields.String(
        validate=validate.Length(1, 50),
        metadata={
            "description": "How long it is kept: one of [plugins.historian.classes], or default",
            "example": "default",
        },
        **options,
    )


def one_line(text: str) -> None:
    """Raises ValidationError for what a screen would not show as one line."""
    if not text.isprintable() or text != text.strip():
        raise ValidationError("Must be one line of printable text with no blank at its ends.")


class NumberOrText(fields.Float):
    """A number, or a text as it is."""

    def __init__(self, *, metadata: Mapping[str, Any], **options: Any) -> None:
        super().__init__(metadata={**metadata, "type": ["number", "string"]}, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        return value if isinstance(value, str) else super()._serialize(value, attr, obj, **options)


class Value(NumberOrText, sdk.Measured):
    """A number in its unit, or a text."""


class TagKey(fields.Field[int | str]):
    """A tag's id or name: a number is an id, a text a name, or the id it is where no tag has that
    name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int | str:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValidationError("Must be a tag's id or its name.")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:  # JSON out holds no others
            raise ValidationError("Must be a tag's id, which has at most ten digits, or its name.")
        return value


def tags_field(what: str, **options: Any) -> fields.List[Any]:
    """Tags by id or name."""
    key = TagKey(metadata={"type": ["integer", "string"]})
    return fields.List(
        key, metadata={"description": what, "example": [17, "W-01.PT-101"]}, **options
    )


class TagSchema(sdk.Schema):
    """A measured or computed point."""

    id = fields.Integer(
        dump_only=True,
        validate=validate.Range(1, INT4_MAX),
        metadata={"description": "The tag's number", "example": 17},
    )
    name = fields.String(
        required=True,
        validate=[validate.Length(1, 200), one_line],
        metadata={"description": "Unique", "example": "W-01.PT-101"},
    )
    description = fields.String(
        allow_none=True, validate=validate.Length(max=1000), metadata={"description": "For people"}
    )
    unit = fields.String(
        allow_none=True,
        validate=validate.Length(1, 50),
        metadata={
            "description": "Unit of every reading; fixed once there are readings",
            "example": "bar",
        },
    )
    quantity = fields.String(
        allow_none=True,
        metadata={
            "description": "What it measures, of /api/v1/units; null = what the unit usually means",
            "example": "gas_rate",
        },
    )
    datatype = fields.String(
        validate=validate.Length(1, 50),
        metadata={
            "description": "What it is where it comes from, for good. A new tag, which has no "
            "device: float64 (if not given), int64, bool or string",
            "example": "float64",
        },
    )
    states = states_field()
    step = step_field()
    tag_class = tag_class_field()
    asset_id = fields.UUID(
        allow_none=True, metadata={"description": "Asset of the plant tree it belongs to"}
    )
    created_at = sdk.Instant(dump_only=True, metadata={"description": "When it was made, UTC"})
    updated_at = sdk.Instant(
        dump_only=True, metadata={"description": "When it was last changed, UTC"}
    )


class LatestSchema(sdk.Schema):
    """The newest reading of a tag; time, value and quality are null before the first."""

    tag = fields.Integer(metadata={"description": "Id of the tag"})
    time = fields.String(allow_none=True, metadata={"description": "RFC 3339, UTC"})
    value = Value(
        unit_field="unit",
        quantity_field="quantity",
        allow_none=True,
        metadata={"description": "In unit; what it says where the datatype is string"},
    )
    state = fields.String(
        allow_none=True, metadata={"description": "Name of the value, of a tag with states"}
    )
    quality = fields.Integer(allow_none=True, metadata={"description": "OPC quality, 192 = good"})
    status = fields.String(metadata={"description": "The quality in words"})
    unit = fields.String(allow_none=True, metadata={"description": "Of value"})
    quantity = fields.String(
        allow_none=True, metadata={"description": "As the tag says it; null = the unit's usual one"}
    )


class ManyLatestQuery(sdk.Schema):
    """Which tags' latest values: some by id or name, or all of an asset and those beneath it."""

    tags = tags_field("Ids or names, at most max_tags")
    asset = fields.UUID(metadata={"description": "Id of an asset; with all tags beneath it"})
    format = sdk.format_field()
    units = sdk.units_field()


class LatestQuery(sdk.Schema):
    ids = fields.String(
        required=True,
        metadata={
            "description": "Tag ids, separated by commas; a URL may have 8,190 bytes in all, which "
            "is some thousand ids",
            "example": "1,2,3",
        },
    )
    format = sdk.format_field()
    units = sdk.units_field()


class CountSchema(sdk.Schema):
    """How much an answer of columns holds."""

    count = fields.Integer(metadata={"description": "Length of the columns"})


class MissingMetaSchema(sdk.Schema):
    """What was asked for in vain."""

    missing = fields.List(
        TagKey(metadata={"type": ["integer", "string"]}),
        metadata={"description": "Ids and names of no tag that the caller may see"},
    )


class LatestMetaSchema(CountSchema, MissingMetaSchema):
    """How many there are, and what was asked for in vain."""

    empty = fields.List(
        TagKey(metadata={"type": ["integer", "string"]}),
        metadata={"description": "Ids and names, as asked for, of tags without any reading yet"},
    )


class LatestColumnsSchema(sdk.Schema):
    """The newest readings as columns of equal length, sorted by tag."""

    envelope_meta: type[Schema] | None = LatestMetaSchema

    t = fields.List(fields.Integer(), metadata={"description": "Microseconds since 1970-01-01 UTC"})
    v = fields.List(
        NumberOrText(allow_none=True, metadata={}),
        metadata={"description": "Values in the tag's unit; texts where the datatype is string"},
    )
    q = fields.List(fields.Integer(), metadata={"description": "OPC quality, 192 = good"})

    tag = fields.List(
        fields.Integer(), metadata={"description": "Tag ids; those without any reading are `empty`"}
    )
    unit = fields.List(
        fields.String(allow_none=True),
        metadata={"description": "Of each value; only with `units`, else see the tags"},
    )
    state = fields.List(
        fields.String(allow_none=True),
        metadata={"description": "Name of each value; only where a tag has states"},
    )


class ManyLatestSchema(LatestColumnsSchema):
    """As of the GET form, with names and units."""

    name = fields.List(fields.String(), metadata={"description": "Names of the tags"})
