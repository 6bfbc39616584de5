"""What a broker as a device, and the address of one of its tags, are made of."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema
from wellhead_scada_mqtt.filters import problem_of

VALUE = "{value}"
"""What stands in a command for the value."""

_LONGEST = 1000


def _is_filter(text: str) -> None:
    problem = problem_of(text)
    if problem:
        raise ValidationError(f"{problem}; write it like wells/W01/telemetry or wells/#")


def _filter() -> list[Any]:
    return [validate.Length(1, _LONGEST), _is_filter]


class MqttDeviceSchema(BrokerSchema):
    """Options of a device."""

    subscribe = fields.List(
        fields.String(validate=_filter()),
        load_default=list,
        validate=validate.Length(max=1000),
        metadata={
            "description": "Topic filters to subscribe to, wells/+/telemetry say; when left out, "
            "the topic of each tag"
        },
    )
    share_group = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"[^/+#\s\x00]{1,100}\Z", error="No /, +, # or space in it"),
        metadata={
            "description": "Name of a shared subscription: each message goes to one of the "
            "gateways that have it; retained ones to none"
        },
    )
    stale_after_s = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, 86400 * 31),
        metadata={"description": "Silence of a topic after which its tags are bad; 0 = never"},
    )


class MqttAddressSchema(sdk.Schema):
    """Address of a tag."""

    topic = fields.String(
        required=True,
        validate=_filter(),
        metadata={"description": "Topic of its messages; + and # stand for levels, as in MQTT"},
    )
    payload = fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "raw"]),
        metadata={"description": "json, or raw: the message is the value, as text"},
    )
    pointer = fields.String(
        load_default="",
        validate=validate.Length(max=_LONGEST),
        metadata={"description": "JSON pointer to the value, /oil/rate say; empty: the message"},
    )
    time = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_LONGEST),
        metadata={
            "description": "JSON pointer to the time: epoch in s, ms, µs or ns, or ISO 8601; the "
            "time of arrival when left out"
        },
    )
    quality = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_LONGEST),
        metadata={
            "description": "JSON pointer to the quality: OPC number, good, uncertain or bad, or a "
            "bool"
        },
    )
    list = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_LONGEST),
        metadata={
            "description": "JSON pointer to a list of readings; the other pointers then begin at "
            "each of its entries"
        },
    )
    command_topic = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, _LONGEST),
        metadata={"description": "Topic to publish to when the tag is written; none: read-only"},
    )
    command = fields.String(
        load_default=VALUE,
        validate=validate.Length(1, 10_000),
        metadata={"description": f"What is published then; {VALUE} stands for the value, as JSON"},
    )


class MqttBrowseSchema(sdk.Schema):
    """What to look at."""

    filter = fields.String(
        load_default="#",
        validate=_filter(),
        metadata={"description": "Topic filter to listen to"},
    )
    seconds = fields.Float(
        load_default=3.0,
        validate=validate.Range(0.1, 60),
        metadata={"description": "How long to listen"},
    )
    most = fields.Integer(
        load_default=1000,
        strict=True,
        validate=validate.Range(1, 10_000),
        metadata={"description": "How many values to find at most"},
    )
