"""The shapes of /api/v1/scada/templates."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_scada.schemas import DeviceSchema, ParameterSchema, prefix_field
from wellhead_scada.templates.document import TemplateGroupSchema


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class TemplateSchema(sdk.Schema):
    """A kind of device, ready to be made."""

    name = fields.String(metadata=_about("Unique; names it in requests"))
    title = fields.String(metadata=_about("For people"))
    driver = fields.String(metadata=_about("Its driver"))
    source = fields.String(metadata=_about("The document that its addresses were taken from"))
    plugin = fields.String(
        allow_none=True, metadata=_about("That it comes with; null = from the operator's folder")
    )
    error = fields.String(allow_none=True, metadata=_about("Why it cannot be used; null = it can"))
    options = fields.Dict(keys=fields.String(), metadata=_about("Device options that it gives"))
    parameters = fields.List(
        fields.Nested(ParameterSchema),
        metadata=_about("Device options that it leaves open: a request gives those that it needs"),
    )
    groups = fields.List(
        fields.Nested(TemplateGroupSchema), metadata=_about("Scan groups and their tags")
    )


class FromTemplateSchema(DeviceSchema):
    """A device to be made of a template."""

    options = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata=_about("Device options that the template does not give, or that differ"),
    )
    prefix = prefix_field("What the names of its tags begin with; default: its name and a dot")
    asset_id = fields.UUID(allow_none=True, metadata=_about("Asset that its tags belong to"))
    periods = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True, validate=validate.Range(100, 86_400_000)),
        load_default=dict,
        metadata={
            "description": "Milliseconds from scan to scan where they differ, by scan group",
            "example": {"fast": 500},
        },
    )

    class Meta(sdk.Schema.Meta):
        fields = (
            "name",
            "options",
            "prefix",
            "asset_id",
            "periods",
            "enabled",
            "gateway",
            "timeout_s",
            "description",
        )


class NamedSchema(sdk.Schema):
    id = fields.Raw(metadata=_about("Its id"))
    name = fields.String(metadata=_about("Its name"))


class MadeSchema(sdk.Schema):
    """What was made of a template."""

    device = fields.Nested(DeviceSchema, metadata=_about("The device"))
    scan_groups = fields.List(fields.Nested(NamedSchema), metadata=_about("Its scan groups"))
    tags = fields.List(fields.Nested(NamedSchema), metadata=_about("Their tags"))
