"""[plugins.calculations]: what can be configured, and its defaults."""

from marshmallow import Schema, fields, validate

from wellhead import sdk


class CalculationsConfig(Schema):
    """[plugins.calculations]"""

    tenants = fields.List(
        fields.String(validate=sdk.check_tenant_name),
        load_default=lambda: [sdk.DEFAULT_TENANT],
        metadata={"description": "Tenants whose tags `wellhead run` has calculated"},
    )
    zone = fields.String(
        load_default="UTC",
        metadata={"description": "Time zone of production days, where a total names none (IANA)"},
    )
    day_start = fields.String(
        load_default="06:00",
        validate=validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Must be like 06:00."),
        metadata={"description": "When production days begin, where a total names no time"},
    )
    open_total_s = fields.Float(
        load_default=30.0,
        validate=validate.Range(0.1, 3600),
        metadata={"description": "Seconds between values of a total whose period goes on"},
    )
