"""The shapes of /api/v1/scada/controls, /commands and /write-switch."""

import math
from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_scada.commands.states import State
from wellhead_scada.schemas import INT4_MAX

_DAY_S = 86_400
_TAG = validate.Range(1, INT4_MAX)


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _printable(text: str) -> None:
    if not text.isprintable() or text != text.strip():
        raise ValidationError("Must be one line of printable text with no blank at its ends.")


def _finite(about: str, **options: Any) -> fields.Float:
    return fields.Float(allow_none=True, allow_nan=False, metadata=_about(about), **options)


def _seconds(about: str, default: float, least: float, most: float) -> fields.Float:
    return fields.Float(
        load_default=default, validate=validate.Range(least, most), metadata=_about(about)
    )


def _reason(about: str, **options: Any) -> fields.String:
    return fields.String(
        validate=[validate.Length(1, 500), _printable], metadata=_about(about), **options
    )


class ValueField(fields.Field[float | str]):
    """A number, or a text for a tag that is a text; true and false are 1 and 0."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float | str:
        if isinstance(value, str):
            if len(value) > 1000:
                raise ValidationError("Must be at most 1000 characters.")
            return value
        if isinstance(value, bool | int | float):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            if math.isfinite(number):
                return number
        raise ValidationError("Must be a finite number, or a text.")


class ControlSchema(sdk.Schema):
    """That a field tag may be commanded, and how."""

    id = fields.Integer(dump_only=True, attribute="tag_id", metadata=_about("The field tag"))
    tag_id = fields.Integer(
        required=True, strict=True, validate=_TAG, metadata=_about("The field tag")
    )
    name = fields.String(dump_only=True, metadata=_about("Name of the tag"))
    writable = fields.Boolean(load_default=False, metadata=_about("False = never commanded"))
    minimum = _finite("Least value, in the tag's unit; null = no bound")
    maximum = _finite("Greatest value, in the tag's unit; null = no bound")
    max_change = _finite(
        "Greatest change from the present value, in the tag's unit; null = any",
        validate=validate.Range(0, min_inclusive=False),
    )
    fresh_s = _seconds("How old the present value may be for max_change, s", 60, 0.1, _DAY_S)
    min_interval_s = _seconds("Least time between two commands, s", 0, 0, _DAY_S)
    readback = fields.Boolean(
        load_default=True,
        metadata=_about("False = nothing is read back, `acknowledged` is the end"),
    )
    readback_tag_id = fields.Integer(
        allow_none=True,
        validate=_TAG,
        metadata=_about("Tag of the same device to read back; null = the tag itself"),
    )
    tolerance = _finite(
        "How far what is read back may be off, in the tag's unit; null = what the datatype cannot "
        "tell apart",
        validate=validate.Range(0),
    )
    verify_s = _seconds("Time in which it has to read back as commanded, s", 5, 0, 600)
    critical = fields.Boolean(
        load_default=False, metadata=_about("True = a second person approves each command")
    )
    select_before_operate = fields.Boolean(
        load_default=False,
        metadata=_about("True = a command only selects; its requester then operates it"),
    )
    select_s = _seconds("Time from selecting to operating, s", 30, 1, 600)
    expires_s = _seconds("When a command expires that does not say, s", 60, 1, _DAY_S)
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was made, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class CommandStepSchema(sdk.Schema):
    """One step of a command."""

    at = fields.String(metadata=_about("When, UTC"))
    state = fields.String(metadata=_about("The state it came into"))
    by = fields.String(allow_none=True, metadata=_about("On whose account"))
    source = fields.String(metadata=_about("Through what: api, gateway main …"))
    why = fields.String(metadata=_about("Why"))


class CommandSchema(sdk.Schema):
    """One command to one tag."""

    id = fields.UUID(dump_only=True, metadata=_about("The command"))
    tag_id = fields.Integer(
        required=True, strict=True, validate=_TAG, metadata=_about("The tag to write")
    )
    tag_name = fields.String(dump_only=True, metadata=_about("Name of the tag"))
    value = ValueField(
        required=True,
        attribute="commanded",
        metadata=_about("What to write, in the tag's unit; a text for a tag that is one"),
    )
    unit = fields.String(dump_only=True, attribute="tag.unit", metadata=_about("Of value"))
    reason = _reason("Why, for people and the audit trail", allow_none=True)
    state = fields.String(
        dump_only=True,
        validate=validate.OneOf([state.value for state in State]),
        metadata=_about("How far it is; see docs/commands.md"),
    )
    why = fields.String(dump_only=True, metadata=_about("Reason of the last step"))
    key = fields.String(dump_only=True, metadata=_about("Its Idempotency-Key"))
    requested_by = fields.UUID(dump_only=True, metadata=_about("User who asked for it"))
    requested_by_email = fields.String(dump_only=True, metadata=_about("Their e-mail"))
    approved_by_email = fields.String(dump_only=True, metadata=_about("Who approved it"))
    gateway = fields.String(dump_only=True, metadata=_about("Gateway that dispatched it"))
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was asked for, UTC"))
    expires_at = sdk.Instant(dump_only=True, metadata=_about("Nothing is sent from then on, UTC"))
    dispatched_at = sdk.Instant(dump_only=True, metadata=_about("When it was dispatched, UTC"))
    ended_at = sdk.Instant(dump_only=True, metadata=_about("When its last step was made, UTC"))


class CommandDetailSchema(CommandSchema):
    """One command with its history."""

    select_until = sdk.Instant(
        dump_only=True, metadata=_about("Until when it may be operated, of one that is selected")
    )
    steps = fields.List(
        fields.Nested(CommandStepSchema),
        dump_only=True,
        metadata=_about("All its steps, oldest first"),
    )


class RequestSchema(CommandDetailSchema):
    """A command as it is asked for, and as its requester sees it first."""

    expires_in_s = fields.Float(
        load_only=True,
        validate=validate.Range(1, _DAY_S),
        metadata=_about("Nothing is sent from then on, s; default the tag's expires_s"),
    )
    key = fields.String(
        validate=[validate.Length(1, 200), _printable],
        metadata=_about("Instead of the header Idempotency-Key"),
    )
    select_token = fields.String(
        dump_only=True, metadata=_about("For operate, of a tag that is selected first")
    )


class OperateSchema(sdk.Schema):
    select_token = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata=_about("As the command was answered with"),
    )


class ApproveSchema(sdk.Schema):
    reason = _reason("For the history", allow_none=True)


class RejectSchema(sdk.Schema):
    reason = _reason("Why not; for the history", required=True)


class SwitchSchema(sdk.Schema):
    """One switch. On = writing is disabled."""

    disabled = fields.Boolean(required=True, metadata=_about("True = nothing is written"))
    reason = _reason("Why", required=True)
    changed_by = fields.String(dump_only=True, metadata=_about("Who set it last"))
    changed_at = sdk.Instant(dump_only=True, metadata=_about("When it was set last, UTC"))


class SwitchesSchema(sdk.Schema):
    """Whether writing to the field is disabled, and by which switch."""

    disabled = fields.Boolean(metadata=_about("By one of them or more"))
    all = fields.Nested(SwitchSchema, allow_none=True, metadata=_about("For all tenants"))
    tenant = fields.Nested(SwitchSchema, allow_none=True, metadata=_about("For this tenant"))


class EverywhereSchema(sdk.Schema):
    tenants = fields.List(fields.String(), metadata=_about("Where the switch is set now"))
