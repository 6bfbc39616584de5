"""What a Sparkplug host application and the address of a metric are made of."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema
from wellhead_scada_mqtt.sparkplug.node import MAX_REORDER_S

_ID = validate.Regexp(r"[^+#/\x00-\x1f]{1,200}\Z", error="Leave out +, # and /")
"""Section 4.1: a group, node, device or host id is one level of a topic."""


class SparkplugDeviceSchema(BrokerSchema):
    """Options of a device, which is one connection to a broker as one host application."""

    class Meta:
        exclude = ("session_expiry_s",)  # section 5.3: hosts have clean sessions

    host_id = fields.String(
        required=True,
        validate=_ID,
        metadata={"description": "Id of this host application, one in all the infrastructure"},
    )
    groups = fields.List(
        fields.String(validate=[_ID, validate.NoneOf(["STATE"])]),
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "Group ids to listen to"},
    )
    reorder_timeout_s = fields.Float(
        load_default=2.0,
        validate=validate.Range(0, MAX_REORDER_S),
        metadata={
            "description": "Seconds that a message which others overtook may take before births "
            "are asked for"
        },
    )
    birth_timeout_s = fields.Float(
        load_default=10.0,
        validate=validate.Range(0.1, 600),
        metadata={
            "description": "Seconds after which a node that was asked for its births, or a device "
            "that was not born again with its node, counts as gone; more on slow lines"
        },
    )


class SparkplugAddressSchema(sdk.Schema):
    """Address of a tag."""

    group = fields.String(
        required=True, validate=_ID, metadata={"description": "Group id, one of the device's"}
    )
    node = fields.String(required=True, validate=_ID, metadata={"description": "Edge node id"})
    device = fields.String(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "Device id; left out for a metric of the edge node itself"},
    )
    metric = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Name of the metric, as the births say it"},
    )


class SparkplugBrowseSchema(sdk.Schema):
    """What one may look at."""

    start = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 700),
        metadata={
            "description": "group/node or group/node/device, to see its metrics; left out: which "
            "nodes and devices there are"
        },
    )
