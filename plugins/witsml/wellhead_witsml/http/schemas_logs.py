"""What the API takes and gives for the logs that are followed."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk


def _count(text: str) -> fields.Integer:
    return fields.Integer(metadata=sdk.about(text) | {"x-unit": "1"})


def _uid(text: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, 200), metadata=sdk.about(text), **options)


class FollowedLogStateSchema(sdk.Schema):
    state = fields.String(
        metadata=sdk.about(
            "waiting, growing, ended (looked at once a minute: it may go on), backing_off (the "
            "store wants to be asked less often), failed (tried again), store_down, disabled, or "
            "unknown while no process reads it"
        )
    )
    since = sdk.Instant(allow_none=True, metadata=sdk.about("When it came to be so"))
    reason = fields.String(allow_none=True, metadata=sdk.about("Why"))
    cursor_time = sdk.Instant(
        allow_none=True, metadata=sdk.about("Time of the last row that is stored, of a log by time")
    )
    cursor_depth = sdk.Measured(
        unit_field="unit",
        quantity="length",
        allow_none=True,
        metadata=sdk.about("Index of the last row that is stored, in unit, of a log by depth"),
    )
    unit = fields.String(allow_none=True, metadata=sdk.about("Of cursor_depth"))
    rows = _count("Rows stored")
    readings = _count("Values stored")
    polls = _count("Looks at the log")
    partials = _count("Looks that brought a part, and were gone on with at once")
    restarts = _count("Times the store's log was begun anew")
    failures = _count("Looks that came to nothing")
    polled_at = sdk.Instant(allow_none=True, metadata=sdk.about("Last look"))
    next_poll_at = sdk.Instant(allow_none=True, metadata=sdk.about("Next look"))
    warnings = fields.List(
        fields.String(), metadata=sdk.about("What was odd about its data, and was made of it")
    )


class FollowedCurveSchema(sdk.Schema):
    mnemonic = fields.String(metadata=sdk.about("As the store writes it"))
    unit = fields.String(allow_none=True, metadata=sdk.about("As the store writes it"))
    description = fields.String(allow_none=True, metadata=sdk.about("What the store says of it"))
    is_text = fields.Boolean(metadata=sdk.about("Whether its values are texts"))
    tag_id = fields.Integer(
        allow_none=True, metadata=sdk.about("Its tag, of a log by time") | {"x-unit": "1"}
    )


class FollowedLogSchema(sdk.Schema):
    """A log of a store that is followed as it grows."""

    volatile = ("status", "curves", "index_kind", "well_log_id")

    id = fields.UUID(dump_only=True, metadata=sdk.about("The followed log"))
    store_id = fields.UUID(required=True, metadata=sdk.about("The store"))
    uid_well = _uid("uid of its well in the store", required=True)
    uid_wellbore = _uid("uid of its wellbore in the store", required=True)
    uid = _uid("Its own uid in the store", required=True)
    name = sdk.line_field("What to call it; its uid if left out", most=200)
    wellbore_id = fields.UUID(
        metadata=sdk.about(
            "Wellbore that it is of; the one that was imported from the store if left out"
        )
    )
    tag_prefix = sdk.line_field(
        "What the names of its tags begin with; the wellbore's name and a dot if left out"
    )
    period_s = sdk.number_field(
        1,
        86_400,
        "Seconds between two looks; the store's changeDetectionPeriod where that is longer",
        unit="s",
        load_default=10.0,
    )
    enabled = fields.Boolean(load_default=True, metadata=sdk.about("Whether it is followed"))
    index_kind = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(
            "time: its rows become readings; depth: rows of a log of the wellbore; null = the "
            "store was not asked yet"
        ),
    )
    well_log_id = fields.UUID(
        dump_only=True, allow_none=True, metadata=sdk.about("Log of the wellbore, of one by depth")
    )
    curves = fields.List(
        fields.Nested(FollowedCurveSchema),
        dump_only=True,
        metadata=sdk.about("Its curves, but the index"),
    )
    status = fields.Nested(
        FollowedLogStateSchema, dump_only=True, metadata=sdk.about("How it goes")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
