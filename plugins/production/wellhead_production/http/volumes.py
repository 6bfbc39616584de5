"""Routes of daily volumes of facilities, and of a day's balance."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_production.facility_volumes import (
    balance_of,
    change_volume,
    create_volume,
    delete_volume,
)
from wellhead_production.http.facilities import EDIT, READ, facilities
from wellhead_production.models import FacilityVolume
from wellhead_production.schemas.daily import period_filters
from wellhead_production.schemas.volumes import (
    BalanceSchema,
    DayQuerySchema,
    FacilityVolumeSchema,
)

blp = sdk.Blueprint(
    "production_volumes",
    url_prefix="/api/v1/production",
    description="What became of a facility's oil, gas and water, by production day",
)
FACILITY = {"in": "path", "name": "id", "description": "Id of the facility"}

volumes = sdk.Resource(
    blp,
    path="/facility-volumes",
    model=FacilityVolume,
    schema=FacilityVolumeSchema,
    name="facility_volume",
    plural="facility_volumes",
    read=READ,
    write=EDIT,
    filters=("facility_id", "production_date", "fluid", "disposition", "method", "meter_id"),
    extra=period_filters(FacilityVolume.production_date),
    sort=("production_date", "fluid", "disposition", "created_at"),
    create=create_volume,
    update=change_volume,
    delete=delete_volume,
    asset=FacilityVolume.asset_id,
)


@blp.route("/facilities/<uuid:id>/balance", parameters=[FACILITY])
class BalanceView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getFacilityBalance",
        summary="What a facility's wells produced on a day, and what became of it",
    )
    @blp.arguments(DayQuerySchema, location="query")
    @blp.response(200, BalanceSchema(many=True))
    def get(self, query: dict[str, Any], id: uuid.UUID) -> list[dict[str, Any]]:  # noqa: A002
        return balance_of(facilities.find(id), query["date"])
