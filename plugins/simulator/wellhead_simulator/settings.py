"""[plugins.simulator]: what can be configured, and its defaults."""

from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

MAX_WELLS = 50
LEAST_HISTORY = 120
"""Production days; in fewer the surveys and the build-up of a well would run into each other."""


class ConfigSchema(Schema):
    """[plugins.simulator]"""

    run = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Simulate a field under `wellhead run`, with its wells, devices and tags"
        },
    )
    wells = fields.Integer(
        load_default=5,
        strict=True,
        validate=validate.Range(1, MAX_WELLS),
        metadata={"description": "Wells of 40 tags each, one device a well"},
    )
    seed = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={
            "description": "What makes this field differ from another; same seed, same field"
        },
    )
    history_days = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 3_650),
        metadata={
            "description": "Production days that a new field has behind it, with surveys, volumes, "
            f"tests and a reservoir, at least {LEAST_HISTORY}; 0 = none"
        },
    )
    step_s = fields.Float(
        load_default=1.0,
        validate=validate.Range(0.1, 5.0),
        metadata={"description": "Seconds between two states of the field"},
    )
    drivers = fields.List(
        fields.String(),
        load_default=lambda: ["modbus"],
        validate=[validate.Length(1), validate.ContainsNoneOf([""])],
        metadata={"description": "Protocols that the wells' devices speak, well by well in turn"},
    )
    host = fields.String(
        load_default="127.0.0.1",
        metadata={"description": "Address that the devices listen on"},
    )
    base_port = fields.Integer(
        load_default=15020,
        strict=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "Port of the first well's device; the next wells' follow it"},
    )
    replay = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "CSV file of recorded values to show through the same registers"},
    )
    replay_loop = fields.Boolean(
        load_default=True,
        metadata={"description": "Begin the recording again at its end, or keep its last row"},
    )

    @validates_schema
    def _past_has_room(self, data: dict[str, Any], **kwargs: Any) -> None:
        if 0 < data["history_days"] < LEAST_HISTORY:
            raise ValidationError(
                f"{data['history_days']} days have no room for the surveys and tests of a well; "
                f"use {LEAST_HISTORY} at least, or 0 for no past.",
                "history_days",
            )

    @validates_schema
    def _ports_exist(self, data: dict[str, Any], **kwargs: Any) -> None:
        last = data["base_port"] + data["wells"] - 1
        if last > 65535:
            raise ValidationError(
                f"The last well's port would be {last}; use {65536 - data['wells']} at most.",
                "base_port",
            )

    @validates_schema
    def _replay_exists(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["replay"] is not None and not Path(data["replay"]).is_file():
            raise ValidationError("There is no such file.", "replay")
