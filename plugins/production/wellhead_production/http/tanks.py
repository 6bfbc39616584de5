"""Routes of tanks and run tickets."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.models import RunTicket, Tank
from wellhead_production.schemas.daily import period_filters
from wellhead_production.schemas.tanks import (
    ContentsQuerySchema,
    ContentsSchema,
    RunTicketSchema,
    TankSchema,
)
from wellhead_production.tanks import change_tank, contents, create_tank
from wellhead_production.tickets import change_ticket, create_ticket, delete_ticket

blp = sdk.Blueprint(
    "production_tanks",
    url_prefix="/api/v1/production",
    description="Tanks, and tickets of oil that was handed over",
)

tanks = sdk.Resource(
    blp,
    path="/tanks",
    model=Tank,
    schema=TankSchema,
    name="tank",
    plural="tanks",
    read=READ,
    write=EDIT,
    filters=("facility_id", "name", "fluid", "tag_id"),
    sort=("name", "fluid", "created_at"),
    create=create_tank,
    update=change_tank,
    asset=Tank.asset_id,
)

tickets = sdk.Resource(
    blp,
    path="/run-tickets",
    model=RunTicket,
    schema=RunTicketSchema,
    name="run_ticket",
    plural="run_tickets",
    read=READ,
    write=EDIT,
    filters=("facility_id", "tank_id", "meter_id", "number", "production_date", "counterparty"),
    extra=period_filters(RunTicket.production_date),
    sort=("closed_at", "opened_at", "number", "production_date", "created_at"),
    create=create_ticket,
    update=change_ticket,
    delete=delete_ticket,
    asset=RunTicket.asset_id,
)


@blp.route(
    "/tanks/<uuid:id>/contents",
    parameters=[{"in": "path", "name": "id", "description": "Id of the tank"}],
)
class ContentsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getTankContents",
        summary="Volume in a tank, to a level or to the newest reading of its tag",
    )
    @blp.arguments(ContentsQuerySchema, location="query")
    @blp.response(200, ContentsSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        tank: Tank = tanks.find(id)
        level = query.get("level")
        unit = query.get("level_unit", tank.level_unit)
        return contents(tank, None if level is None else sdk.Quantity(level, unit))
