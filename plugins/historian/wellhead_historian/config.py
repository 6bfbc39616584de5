"""[plugins.historian]: what can be configured, and its defaults."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

_DAYS = validate.Range(1, 100_000)


class ClassSchema(Schema):
    """[plugins.historian.classes.NAME]"""

    keep_days = fields.Integer(
        allow_none=True,
        load_default=None,
        validate=_DAYS,
        metadata={"description": "Days that readings are kept; without it for ever"},
    )
    keep_rollup_days = fields.Integer(
        allow_none=True,
        load_default=None,
        validate=_DAYS,
        metadata={"description": "Days that roll-ups are kept; without it for ever"},
    )
    spool = fields.String(
        load_default=None,
        validate=validate.OneOf(["refuse_newest", "drop_oldest"]),
        metadata={"description": "What of it gives way at a full spool; default: spool_policy"},
    )
    priority = fields.Integer(
        load_default=0,
        validate=validate.Range(-100, 100),
        metadata={"description": "Classes with a lower one give way first, if they drop at all"},
    )

    @validates_schema
    def roll_ups_last_longer(self, data: Mapping[str, Any], **_: Any) -> None:
        """Whoever asks for an hour's average of packed readings is answered from roll-ups."""
        readings, rollups = data["keep_days"], data["keep_rollup_days"]
        if rollups is not None and (readings is None or rollups < readings):
            raise ValidationError(
                "Must not be less than keep_days: roll-ups are kept at least as long as readings.",
                "keep_rollup_days",
            )


class Sections(fields.Dict):
    """Sections by name; an error's path is that of the key."""

    def deserialize(self, *given: Any, **options: Any) -> Any:
        try:
            return super().deserialize(*given, **options)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            found = {key: next(iter(said.values())) for key, said in error.messages.items()}
            raise ValidationError(found) from None


class HistorianConfig(Schema):
    """[plugins.historian]"""

    store = fields.String(
        load_default="auto",
        validate=validate.OneOf(["auto", "packed", "timescale"]),
        metadata={
            "description": "Where a new tenant's readings go; auto = TimescaleDB if it is there"
        },
    )
    max_points = fields.Integer(
        load_default=100_000,
        validate=validate.Range(1, 1_000_000),
        metadata={"description": "Points of one tag that one answer holds at most"},
    )
    max_tags = fields.Integer(
        load_default=10_000,
        validate=validate.Range(1, 100_000),
        metadata={"description": "Tags whose latest values one request may ask for"},
    )
    max_query_tags = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 10_000),
        metadata={"description": "Tags whose readings one request may ask for"},
    )
    future_tolerance = fields.Float(
        load_default=60.0,
        validate=validate.Range(0, 86_400),
        metadata={"description": "Seconds a reading may be ahead of the clock and stay good"},
    )
    spool_max_mb = fields.Integer(
        load_default=1024,
        validate=validate.Range(16, 1_048_576),
        metadata={"description": "Megabytes of readings a gateway's spool keeps"},
    )
    spool_policy = fields.String(
        load_default="refuse_newest",
        validate=validate.OneOf(["refuse_newest", "drop_oldest"]),
        metadata={"description": "What gives way at a full spool"},
    )
    spool_reserve_mb = fields.Integer(
        load_default=512,
        validate=validate.Range(0, 1_048_576),
        metadata={"description": "Megabytes of the disk that a spool leaves free for others"},
    )
    max_texts = fields.Integer(
        load_default=1_000_000,
        validate=validate.Range(1, 100_000_000),
        metadata={"description": "Different texts that a tenant's readings may have"},
    )
    classes = Sections(
        keys=fields.String(validate=validate.Regexp(r"[a-z][a-z0-9_-]{0,49}\Z")),
        values=fields.Nested(ClassSchema),
        load_default=dict,
        metadata={
            "description": "How long the tags of each class are kept (`keep_days`, "
            "`keep_rollup_days`) and what gives way at a full spool (`spool`, `priority`), by its "
            "name; `default` is the class of tags that name none"
        },
    )
