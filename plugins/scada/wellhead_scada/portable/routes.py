"""/api/v1/scada/config: all devices, scan groups and tags at once, by name."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from wellhead import sdk
from wellhead_scada.portable.records import records

blp = sdk.Blueprint(
    "scada_config", url_prefix="/api/v1/scada", description="Devices and tags to take along"
)

_RECORDS = {
    "description": "scada.devices, scada.groups and scada.tags, as in the file of "
    "`wellhead config export`"
}


class ConfigSchema(sdk.Schema):
    """The field's configuration."""

    records = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw()),
        required=True,
        metadata=_RECORDS,
    )


class ExportSchema(ConfigSchema):
    """What there is."""

    secrets = fields.List(
        fields.String(), metadata={"description": "Options that are secret, so left out"}
    )


class ImportSchema(ConfigSchema):
    """What there is to be; kinds that are left out are left alone."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Only say what would be done"}
    )
    prune = fields.Boolean(
        load_default=False,
        metadata={"description": "Remove records that are not named, of the kinds that are"},
    )


class StepSchema(sdk.Schema):
    """What becomes of one record."""

    records = fields.String(metadata={"description": "Its kind"})
    key = fields.List(fields.Raw(), metadata={"description": "Its name; of groups device and name"})
    action = fields.String(metadata={"description": "create, change, unchanged or remove"})
    changes = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(allow_none=True)),
        metadata={"description": "[old, new] by field; secrets are hidden"},
    )


class PlanSchema(sdk.Schema):
    """What an import did, or would do."""

    dry_run = fields.Boolean(metadata={"description": "Whether nothing was stored"})
    steps = fields.List(
        fields.Nested(StepSchema),
        metadata={"description": "One a record, in the order they are done"},
    )


@blp.route("/config")
class ConfigView(MethodView):
    @blp.unlimited_only
    @blp.permission("scada.edit")
    @blp.doc(operationId="exportScada", summary="Read all devices, scan groups and tags by name")
    @blp.response(200, ExportSchema)
    def get(self) -> dict[str, Any]:
        tables, secrets = sdk.export_records(records(editing=False))
        return {"records": tables, "secrets": secrets}

    @blp.unlimited_only
    @blp.permission("scada.edit")
    @blp.doc(
        operationId="importScada",
        summary="Make devices, scan groups and tags what is sent, or none",
    )
    @blp.arguments(ImportSchema)
    @blp.response(200, PlanSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        plan = sdk.import_tables(
            records(editing=True), body["records"], prune=body["prune"], dry_run=body["dry_run"]
        )
        return {"dry_run": body["dry_run"], "steps": plan.steps}
