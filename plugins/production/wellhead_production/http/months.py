"""Routes of months that are closed, and of adjustments that are booked of them."""

import uuid
from typing import Any

from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_production.http.facilities import READ, facilities
from wellhead_production.http.networks import networks
from wellhead_production.models import Adjustment, AdjustmentLine, ClosedMonth
from wellhead_production.months.adjustments import adjust
from wellhead_production.months.closing import close_month, month_of
from wellhead_production.months.frozen import compared
from wellhead_production.schemas.months import (
    AdjustmentLineRowSchema,
    AdjustmentSchema,
    ClosedMonthSchema,
    CloseSchema,
    FrozenTableSchema,
    MonthQuerySchema,
    MonthSchema,
    WholeClosedMonthSchema,
)

CLOSE = "production.close"

blp = sdk.Blueprint(
    "production_months",
    url_prefix="/api/v1/production",
    description="Months closed for good, and prior-period adjustments",
)
FACILITY = {"in": "path", "name": "id", "description": "Id of the facility"}
NETWORK = {"in": "path", "name": "id", "description": "Id of the network"}
MONTH = {"in": "path", "name": "id", "description": "Id of the closed month"}


@blp.route("/closed-months")
class ClosedMonthsView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listClosedMonths", summary="List closed months")
    @blp.listing(
        ClosedMonthSchema,
        ClosedMonth,
        filters=("facility_id",),
        sort=("month", "closed_at"),
        asset=ClosedMonth.asset_id,
    )
    def get(self) -> Select[tuple[ClosedMonth]]:
        return select(ClosedMonth)


closed_months = sdk.Resource(
    blp,
    path="/closed-months",
    model=ClosedMonth,
    schema=WholeClosedMonthSchema,
    name="closed_month",
    plural="closed_months",
    read=READ,
    write=CLOSE,
    sort=("closed_at",),
    asset=ClosedMonth.asset_id,
    methods=("get",),
)


@blp.route("/closed-months/<uuid:id>/verification", parameters=[MONTH])
class VerificationView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="verifyClosedMonth",
        summary="Whether what a close froze is still as it was",
        description="Reads all rows that were frozen and compares their SHA-256. Not even the "
        "owner of the database changes them unseen.",
    )
    @blp.response(200, FrozenTableSchema(many=True))
    def get(self, id: uuid.UUID) -> list[dict[str, Any]]:  # noqa: A002 (the name in the path)
        closed: ClosedMonth = closed_months.find(id)
        return compared(closed.fingerprint, closed.facility_id, closed.month)


@blp.route("/facilities/<uuid:id>/month", parameters=[FACILITY])
class MonthView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getProductionMonth",
        summary="Whether a facility's month is closed, or what it lacks",
    )
    @blp.arguments(MonthQuerySchema, location="query")
    @blp.response(200, MonthSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        return month_of(facilities.find(id), query["month"])


@blp.route("/facilities/<uuid:id>/close-month", parameters=[FACILITY])
class CloseView(MethodView):
    @blp.permission(CLOSE)
    @blp.within_assets
    @blp.doc(
        operationId="closeProductionMonth",
        summary="Close a facility's month for good",
        description="Refused with `month_incomplete` while a day is not allocated from what is "
        "known, and with `month_has_warnings` until those are accepted. From then on the database "
        "refuses every change of the month's volumes; what is found later is an adjustment.",
    )
    @blp.arguments(CloseSchema)
    @blp.response(201, WholeClosedMonthSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> ClosedMonth:  # noqa: A002
        closed = close_month(
            facilities.find(id),
            data["month"],
            remark=data.get("remark"),
            accept_warnings=data["accept_warnings"],
        )
        sdk.db.session.commit()
        return closed


@blp.route("/networks/<uuid:id>/adjustments", parameters=[NETWORK])
class AdjustView(MethodView):
    @blp.permission(CLOSE)
    @blp.within_assets
    @blp.doc(
        operationId="createAdjustment",
        summary="Book an adjustment of a closed month in an open one",
        description="Without lines they are worked out: the month allocated from what is known "
        "now, less what was reported, less what was calculated before.",
    )
    @blp.arguments(AdjustmentSchema)
    @blp.response(201, AdjustmentSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Adjustment:  # noqa: A002
        adjustment = adjust(networks.find(id), data)
        sdk.db.session.commit()
        return adjustment


adjustments = sdk.Resource(
    blp,
    path="/adjustments",
    model=Adjustment,
    schema=AdjustmentSchema,
    name="adjustment",
    plural="adjustments",
    read=READ,
    write=CLOSE,
    filters=("network_id", "facility_id", "source"),
    sort=("created_at", "number"),
    asset=Adjustment.asset_id,
    methods=("list", "get"),
)


@blp.route("/adjustment-lines")
class AdjustmentLinesView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listAdjustmentLines", summary="List what wells get more or less")
    @blp.listing(
        AdjustmentLineRowSchema,
        AdjustmentLine,
        filters=("adjustment_id", "network_id", "well_id"),
        sort=("booked_month", "month", "well_name"),
        asset=AdjustmentLine.asset_id,
    )
    def get(self) -> Select[tuple[AdjustmentLine]]:
        return select(AdjustmentLine)
