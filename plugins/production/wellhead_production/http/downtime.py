"""Routes of downtime, what it cost, and whether a well's hours add up."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_production.deferment import deferment_of
from wellhead_production.downtime import change_event, create_event, delete_event, well_hours
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.models import DowntimeEvent
from wellhead_production.records import require_well
from wellhead_production.schemas.downtime import (
    DefermentSchema,
    DowntimeEventSchema,
    WellHoursQuerySchema,
    WellHoursSchema,
)

blp = sdk.Blueprint(
    "production_downtime",
    url_prefix="/api/v1/production",
    description="When wells did not flow, why, and what that cost",
)

events = sdk.Resource(
    blp,
    path="/downtime",
    model=DowntimeEvent,
    schema=DowntimeEventSchema,
    name="downtime_event",
    plural="downtime_events",
    read=READ,
    write=EDIT,
    filters=("well_id", "facility_id", "reason", "planned"),
    sort=("start_at", "end_at", "reason", "created_at"),
    create=create_event,
    update=change_event,
    delete=delete_event,
    asset=DowntimeEvent.asset_id,
)


@blp.route(
    "/downtime/<uuid:id>/deferment",
    parameters=[{"in": "path", "name": "id", "description": "Id of the downtime event"}],
)
class DefermentView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDeferment",
        summary="Volumes that downtime deferred, by production day",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, DefermentSchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        return deferment_of(events.find(id))


@blp.route("/well-hours")
class WellHoursView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="listWellHours",
        summary="Whether a well's hours on and down are the length of its days",
    )
    @blp.arguments(WellHoursQuerySchema, location="query")
    @blp.response(200, WellHoursSchema(many=True))
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        well = require_well(query["well_id"])
        return well_hours(well.id, query["first"], query["last"])
