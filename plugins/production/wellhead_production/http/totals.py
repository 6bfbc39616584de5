"""Routes of meter totals by production day."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_production.allocation.runs import days_between
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.http.meters import meters
from wellhead_production.meter_totals import LONGEST_GAP, calculate_totals, enter_total
from wellhead_production.models import MeterTotal
from wellhead_production.schemas.daily import period_filters
from wellhead_production.schemas.totals import MeterTotalSchema, TotallingSchema

blp = sdk.Blueprint(
    "production_meter_totals",
    url_prefix="/api/v1/production",
    description="What went through meters, by production day, in versions",
)
METER = {"in": "path", "name": "id", "description": "Id of the meter"}

totals = sdk.Resource(
    blp,
    path="/meter-totals",
    model=MeterTotal,
    schema=MeterTotalSchema,
    name="meter_total",
    plural="meter_totals",
    read=READ,
    write=EDIT,
    filters=("meter_id", "facility_id", "production_date", "newest", "source"),
    extra=period_filters(MeterTotal.production_date),
    sort=("production_date", "version", "created_at"),
    create=enter_total,
    asset=MeterTotal.asset_id,
    methods=("list", "create", "bulk", "get"),
)


@blp.route("/meters/<uuid:id>/totals", parameters=[METER])
class MeterTotalsView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="calculateMeterTotals",
        summary="Total a meter's tag by production day",
        description="Integrates a rate or follows a totaliser over each production day, of 23, 24 "
        "or 25 hours, and keeps the total as a new version where it is another than before. "
        "Answers with the newest total of each day.",
    )
    @blp.arguments(TotallingSchema)
    @blp.response(200, MeterTotalSchema(many=True))
    def post(self, data: dict[str, Any], id: uuid.UUID) -> list[MeterTotal]:  # noqa: A002 (the name in the path)
        found = calculate_totals(
            meters.find(id),
            days_between(data["first_day"], data["last_day"]),
            data.get("longest_gap", LONGEST_GAP),
            replace_entered=data["replace_entered"],
        )
        sdk.db.session.commit()
        return found
