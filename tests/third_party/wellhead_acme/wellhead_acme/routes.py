"""/api/v1/acme/gauges, and what is configured."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from wellhead import sdk

from .models import Gauge

blp = sdk.Blueprint("acme", url_prefix="/api/v1/acme", description="Acme tank gauges")


class GaugeSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata={"description": "The gauge"})
    name = fields.String(required=True, metadata={"description": "Unique"})
    tank_id = fields.UUID(allow_none=True, metadata={"description": "Asset, of kind acme_tank"})
    checked_at = sdk.Instant(
        allow_none=True, metadata={"description": "When it was last checked; null = never"}
    )
    overdue = fields.Boolean(
        dump_only=True, metadata={"description": "Whether it wants to be checked, as of last night"}
    )


class SettingsSchema(sdk.Schema):
    check_days = fields.Integer(metadata={"description": "Days between checks"})


sdk.Resource(
    blp,
    path="/gauges",
    model=Gauge,
    schema=GaugeSchema,
    name="acme_gauge",
    plural="acme_gauges",
    read="acme.read",
    write="acme.edit",
    filters=("name", "overdue"),
    sort=("name",),
    asset=Gauge.tank_id,
)


@blp.route("/settings")
class SettingsView(MethodView):
    @blp.permission("acme.read")
    @blp.any_asset
    @blp.doc(operationId="getAcmeSettings", summary="Read what is configured")
    @blp.response(200, SettingsSchema)
    def get(self) -> dict[str, Any]:
        return sdk.plugin_config("acme")
