"""[plugins.scada]: what can be configured, and its defaults."""

import re

from marshmallow import Schema, ValidationError, fields, validate

from wellhead import sdk
from wellhead_scada.networks import network

GATEWAY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""It is part of the spool's file name."""


def _is_network(text: str) -> None:
    try:
        network(text)
    except ValueError as error:
        raise ValidationError(f'{error}; write it like "192.168.10.0/24".') from error


class ConfigSchema(Schema):
    """[plugins.scada]"""

    allow_networks = fields.List(
        fields.String(validate=_is_network),
        load_default=lambda: list(sdk.PRIVATE_NETWORKS),
        metadata={"description": "Networks in which gateways may connect to devices"},
    )
    retries = fields.Integer(
        load_default=1,
        validate=validate.Range(0, 5),
        metadata={"description": "Further tries of a failed read before its device is down"},
    )
    templates = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Folder of device templates of your own; a path"},
    )
    backoff_max_s = fields.Float(
        load_default=60.0,
        validate=validate.Range(1, 3600),
        metadata={"description": "Longest pause between attempts to reach a device that is down"},
    )
