"""The shapes of /api/v1/scada."""

import math
from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_historian.http.schemas import (
    NumberOrText,
    one_line,
    states_field,
    step_field,
    tag_class_field,
)
from wellhead_scada.exception.rules import exception_field
from wellhead_scada.settings import GATEWAY_NAME

INT4_MAX = 2**31 - 1
_GATEWAY = validate.Regexp(
    GATEWAY_NAME.pattern + r"\Z", error="Must be 1 to 40 of a-z, 0-9, _ and -."
)


def _prose(text: str) -> None:
    if not all(character.isprintable() or character in "\n\t" for character in text):
        raise ValidationError("Must be printable text.")


def _not_zero(number: float) -> None:
    if number == 0 or not math.isfinite(number):
        raise ValidationError("Must be a number other than 0.")


def _line(about: str, most: int = 100, **options: Any) -> fields.String:
    return fields.String(
        validate=[validate.Length(1, most), one_line], metadata={"description": about}, **options
    )


def _begins_a_line(text: str) -> None:
    if not text.isprintable() or text != text.lstrip():
        raise ValidationError("Must be printable text that does not begin with a blank.")


def prefix_field(about: str, **options: Any) -> fields.String:
    """What the names of several tags begin with."""
    return fields.String(
        validate=[validate.Length(0, 100), _begins_a_line], metadata=_about(about), **options
    )


def _prose_field(about: str) -> fields.String:
    return fields.String(
        allow_none=True,
        validate=[validate.Length(max=1000), _prose],
        metadata={"description": about},
    )


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class StateSchema(sdk.Schema):
    """How a device is doing."""

    status = fields.String(
        validate=validate.OneOf(["connected", "connecting", "backing_off", "disabled", "unknown"]),
        metadata={"description": "unknown: its gateway is not heard"},
    )
    since = sdk.Instant(metadata={"description": "When the status began"})
    reason = fields.String(allow_none=True, metadata={"description": "Why it is not connected"})
    counters = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={
            "description": "Since its gateway started: scans (rows written), bad (of them), "
            "missed, connects, failures, restarts"
        },
    )


class DeviceSchema(sdk.Schema):
    """One endpoint a driver talks to."""

    volatile = ("state",)

    id = fields.UUID(dump_only=True, metadata=_about("The device"))
    name = _line("Unique", required=True)
    driver = _line("Name of an installed driver: see /api/v1/scada/drivers", required=True)
    options = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "What the driver needs: address, unit …; see /drivers"},
    )
    enabled = fields.Boolean(
        load_default=True, metadata=_about("False = its gateway leaves it alone")
    )
    gateway = fields.String(
        load_default="main", validate=_GATEWAY, metadata={"description": "Who scans it"}
    )
    timeout_s = fields.Float(
        load_default=2.0,
        validate=validate.Range(0.1, 60),
        metadata={"description": "Seconds that one exchange may take"},
    )
    description = _prose_field("For people")
    state = fields.Nested(StateSchema, dump_only=True, metadata=_about("How it is doing"))
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was made, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class ScanGroupSchema(sdk.Schema):
    """Tags of one device that are read together."""

    id = fields.UUID(dump_only=True, metadata=_about("The group"))
    device_id = fields.UUID(required=True, metadata={"description": "Cannot be changed later"})
    name = _line("Unique in its device", required=True)
    period_ms = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(100, 86_400_000),
        metadata={"description": "Milliseconds from scan to scan"},
    )
    source_id = fields.Integer(
        dump_only=True, metadata={"description": "The historian's source of its readings"}
    )
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was made, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class FieldTagSchema(sdk.Schema):
    """One measured point: a tag of the historian, and how it is read."""

    id = fields.Integer(
        dump_only=True, attribute="tag_id", metadata={"description": "The historian's tag"}
    )
    tag_id = fields.Integer(
        load_only=True,
        validate=validate.Range(1, INT4_MAX),
        metadata={"description": "To go on with a tag that exists, instead of name and unit"},
    )
    device_id = fields.UUID(required=True, metadata={"description": "Cannot be changed later"})
    scan_group_id = fields.UUID(required=True, metadata={"description": "One of the device's"})
    name = _line("Unique; changed at /api/v1/tags", most=200)
    unit = fields.String(
        attribute="tag.unit",
        allow_none=True,
        validate=[validate.Length(1, 50), one_line],
        metadata={"description": "Of the scaled value; changed at /api/v1/tags"},
    )
    quantity = fields.String(
        attribute="tag.quantity",
        allow_none=True,
        metadata={"description": "What is measured, see /api/v1/units; changed at /api/v1/tags"},
    )
    description = fields.String(
        attribute="tag.description",
        allow_none=True,
        validate=[validate.Length(max=1000), _prose],
        metadata={"description": "For people; changed at /api/v1/tags"},
    )
    states = states_field(attribute="tag.states")
    step = step_field(attribute="tag.step")
    tag_class = tag_class_field(attribute="tag.tag_class")
    asset_id = fields.UUID(
        attribute="tag.asset_id",
        allow_none=True,
        metadata={"description": "Asset it belongs to; changed at /api/v1/tags"},
    )
    datatype = _line("One of the driver's", required=True)
    address = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Where it is in the device; see /api/v1/scada/drivers"},
    )
    scale = fields.Float(
        load_default=1.0,
        validate=_not_zero,
        metadata={"description": "Value = raw · scale + offset"},
    )
    offset = fields.Float(load_default=0.0, metadata=_about("In unit; see scale"))
    enabled = fields.Boolean(load_default=True, metadata=_about("False = it is not read"))
    exception = exception_field()
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was made, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class ParameterSchema(sdk.Schema):
    """One key of a device's options or of a tag's address."""

    name = fields.String(metadata=_about("The key"))
    type = fields.String(metadata=_about("What it is: string, integer, boolean …"))
    required = fields.Boolean(metadata=_about("Whether it must be given"))
    default = fields.Raw(allow_none=True, metadata=_about("What it is when it is not given"))
    choices = fields.List(
        fields.Raw(), allow_none=True, metadata=_about("What it may be; null = anything")
    )
    minimum = fields.Raw(allow_none=True, metadata=_about("Least that it may be"))
    maximum = fields.Raw(allow_none=True, metadata=_about("Most that it may be"))
    description = fields.String(allow_none=True, metadata=_about("What it means, for people"))


class DriverSchema(sdk.Schema):
    """A field protocol that is installed."""

    name = fields.String(metadata=_about("As a device names it"))
    title = fields.String(metadata=_about("For people"))
    datatypes = fields.List(fields.String(), metadata=_about("What its tags may be"))
    options = fields.List(
        fields.Nested(ParameterSchema), metadata=_about("What a device's options hold")
    )
    address = fields.List(
        fields.Nested(ParameterSchema), metadata=_about("What a tag's address holds")
    )
    browse = fields.List(
        fields.Nested(ParameterSchema),
        allow_none=True,
        metadata=_about("What browsing a device takes; null = it cannot be browsed"),
    )
    writes = fields.Boolean(metadata=_about("Its tags may be made writable"))
    pushes = fields.Boolean(metadata=_about("Its devices send by themselves"))
    error = fields.String(allow_none=True, metadata={"description": "Why it cannot be used"})


class BrowseRequestSchema(sdk.Schema):
    """What to look for at a device."""

    arguments = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata=_about("The driver's own: `browse` of /api/v1/scada/drivers says which"),
    )
    seconds = fields.Float(
        load_default=20.0,
        validate=validate.Range(1, 120),
        metadata=_about("How long to look; what is found by then is answered"),
    )
    scan_group_id = fields.UUID(
        allow_none=True, metadata=_about("To get `tags`: the scan group to put them into")
    )
    prefix = prefix_field("What the names of `tags` begin with", load_default="")


class FoundSchema(sdk.Schema):
    """Something that a device has."""

    name = fields.String(metadata=_about("As the device calls it"))
    datatype = fields.String(allow_none=True, metadata=_about("As a tag's; null = not known"))
    address = fields.Dict(
        keys=fields.String(), allow_none=True, metadata=_about("As a tag's; null = only a branch")
    )
    branch = fields.String(
        allow_none=True, metadata=_about("The argument `start` that shows what is below it")
    )
    unit = fields.String(allow_none=True, metadata=_about("As the device writes it"))
    description = fields.String(allow_none=True, metadata=_about("What the device says of it"))
    value = NumberOrText(allow_none=True, metadata=_about("What it read, where that was asked"))
    writable = fields.Boolean(allow_none=True, metadata=_about("null = the device does not say"))


class FoundTagSchema(sdk.Schema):
    """A tag that could be made of something found; an item of POST /api/v1/scada/tags/bulk."""

    device_id = fields.UUID(metadata=_about("The device"))
    scan_group_id = fields.UUID(metadata=_about("The scan group asked for"))
    name = fields.String(metadata=_about("Prefix and the device's name for it"))
    datatype = fields.String(allow_none=True, metadata=_about("null = yours to choose"))
    address = fields.Dict(keys=fields.String(), metadata=_about("Where it is in the device"))
    unit = fields.String(allow_none=True, metadata=_about("null = none, or none that is known"))
    description = fields.String(allow_none=True, metadata=_about("What the device says of it"))


class BrowseResultSchema(sdk.Schema):
    """What a device has."""

    ok = fields.Boolean(metadata=_about("Nothing went wrong"))
    reason = fields.String(allow_none=True, metadata=_about("What went wrong"))
    complete = fields.Boolean(metadata=_about("False = there may be more: time or room ran out"))
    took_ms = fields.Float(metadata=_about("Milliseconds, connecting and looking"))
    found = fields.List(
        fields.Nested(FoundSchema), metadata=_about("What was found, 10,000 things at most")
    )
    tags = fields.List(
        fields.Nested(FoundTagSchema),
        metadata=_about("With scan_group_id: of each address a tag for POST /scada/tags/bulk"),
    )


class TestValueSchema(sdk.Schema):
    """One tag of a test read."""

    tag = fields.Integer(metadata=_about("Id of the tag"))
    name = fields.String(metadata=_about("Name of the tag"))
    raw = fields.Float(allow_none=True, metadata={"description": "As the device gave it"})
    value = NumberOrText(
        allow_none=True, metadata=_about("Scaled, in unit; what it says where it is a text")
    )
    unit = fields.String(allow_none=True, metadata=_about("Unit of value; null = none"))
    quality = fields.Integer(metadata=_about("OPC code: 192 good, 64 uncertain, 0 bad, sub-codes"))
    quality_name = fields.String(metadata=_about("The quality in words"))
    reason = fields.String(allow_none=True, metadata=_about("Why the quality is what it is"))


class TestResultSchema(sdk.Schema):
    """What one read of a device brought."""

    ok = fields.Boolean(metadata={"description": "The device answered"})
    reason = fields.String(allow_none=True, metadata={"description": "Why it did not"})
    took_ms = fields.Float(metadata=_about("Milliseconds, connecting and reading"))
    values = fields.List(
        fields.Nested(TestValueSchema), metadata=_about("Its tags; none when it did not answer")
    )
