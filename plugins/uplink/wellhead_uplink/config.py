"""[plugins.uplink]: what can be configured, and its defaults."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Of a destination, and of an edge."""
NAME_RULE = validate.Regexp(
    NAME.pattern + r"\Z", error="Must be 1 to 40 of a-z, 0-9, _ and -, beginning with no _ or -."
)


class DestinationSchema(Schema):
    """One of [[plugins.uplink.destinations]]"""

    name = fields.String(
        required=True,
        validate=NAME_RULE,
        metadata={"description": "Its name here; another name is another destination"},
    )
    kind = fields.String(
        load_default="wellhead", metadata={"description": "`wellhead`, or another plugin's: `mqtt`"}
    )
    tenant = fields.String(
        load_default="default", metadata={"description": "Whose readings are sent"}
    )
    options = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "As the kind takes them"},
    )


class UplinkConfig(Schema):
    """[plugins.uplink]"""

    destinations = fields.List(
        fields.Nested(DestinationSchema),
        load_default=list,
        metadata={"description": "Where this Wellhead sends its readings"},
    )
    outbox_max_mb = fields.Integer(
        strict=True,
        load_default=4096,
        validate=validate.Range(1, 1_048_576),
        metadata={"description": "Megabytes of packed readings that wait to be sent, at most"},
    )
    accept = fields.Boolean(
        load_default=False, metadata={"description": "Whether this Wellhead is a centre for edges"}
    )
    report_s = fields.Float(
        load_default=10.0,
        validate=validate.Range(1, 60),
        metadata={"description": "Seconds between what an edge says of itself and its devices"},
    )
    silent_s = fields.Float(
        load_default=60.0,
        validate=validate.Range(5, 86_400),
        metadata={"description": "Seconds without a word after which an edge is silent"},
    )
    behind_s = fields.Float(
        load_default=60.0,
        validate=validate.Range(5, 86_400),
        metadata={"description": "Seconds that an edge's oldest unsent reading may wait"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _names_differ(self, data: dict[str, Any], **_: Any) -> None:
        counted = Counter((entry["tenant"], entry["name"]) for entry in data["destinations"])
        for (_tenant, name), times in counted.items():
            if times > 1:
                raise ValidationError(f"Two are called {name!r}.", "destinations")


def destinations_of(config: Mapping[str, Any], tenant: str) -> Sequence[Mapping[str, Any]]:
    """What is configured for one tenant."""
    return [entry for entry in config["destinations"] if entry["tenant"] == tenant]
