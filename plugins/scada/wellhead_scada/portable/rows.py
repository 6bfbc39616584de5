"""The rows of a file: what the API takes, with names in place of ids."""

from typing import Any

from marshmallow import fields

from wellhead import sdk
from wellhead_historian.http.schemas import tag_class_field
from wellhead_historian.retention.classes import DEFAULT
from wellhead_scada.schemas import DeviceSchema, FieldTagSchema, ScanGroupSchema

_DEVICE = {"description": "Name of the device"}


class FlatSchema(sdk.Schema):
    """Flat, and whole: what may be null is null when it is left out."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.attribute = None
        if field_name == "name":
            field_obj.required = True
        elif field_obj.allow_none:
            field_obj.load_default = None


class DeviceRow(FlatSchema, DeviceSchema):
    """One device."""

    class Meta(sdk.Schema.Meta):
        fields = ("name", "driver", "options", "enabled", "gateway", "timeout_s", "description")


class GroupRow(FlatSchema, ScanGroupSchema):
    """One scan group."""

    device = fields.String(required=True, metadata=_DEVICE)

    class Meta(sdk.Schema.Meta):
        fields = ("device", "name", "period_ms")


class TagRow(FlatSchema, FieldTagSchema):
    """One tag, with what the historian knows of it."""

    device = fields.String(required=True, metadata=_DEVICE)
    group = fields.String(required=True, metadata={"description": "Name of its scan group"})
    asset = fields.String(
        allow_none=True,
        metadata={"description": "Where it belongs: field:North/pad:Pad 3/well:W-01"},
    )

    tag_class = tag_class_field(load_default=DEFAULT)

    class Meta(sdk.Schema.Meta):
        fields = (
            "device",
            "group",
            "name",
            "address",
            "datatype",
            "scale",
            "offset",
            "unit",
            "quantity",
            "states",
            "step",
            "tag_class",
            "asset",
            "enabled",
            "exception",
            "description",
        )
