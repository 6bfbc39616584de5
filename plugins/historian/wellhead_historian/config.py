"""[plugins.historian]: what can be configured, and its defaults."""

from marshmallow import Schema, fields, validate


class HistorianConfig(Schema):
    """[plugins.historian]"""

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
    max_texts = fields.Integer(
        load_default=1_000_000,
        validate=validate.Range(1, 100_000_000),
        metadata={"description": "Different texts that a tenant's readings may have"},
    )
