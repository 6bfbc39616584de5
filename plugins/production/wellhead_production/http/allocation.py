"""Routes of allocation: runs, their versions, the shares of the wells, and what is out of date."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import select

from wellhead import sdk
from wellhead_production.allocation.changes import changes_of
from wellhead_production.allocation.runs import days_between, run_allocation
from wellhead_production.allocation.statement import balances_of, statement_of
from wellhead_production.allocation.states import states_of
from wellhead_production.http.facilities import READ
from wellhead_production.http.networks import networks
from wellhead_production.models import AllocatedVolume, AllocationDay, AllocationRun
from wellhead_production.schemas.allocation import (
    AllocatedVolumeSchema,
    AllocateSchema,
    AllocationDaySchema,
    AllocationRunSchema,
    DayChangesSchema,
    DayStateSchema,
    StatementLineSchema,
    WholeAllocationDaySchema,
)
from wellhead_production.schemas.daily import period_filters
from wellhead_production.schemas.months import MonthQuerySchema

ALLOCATE = "production.allocate"

blp = sdk.Blueprint(
    "production_allocation",
    url_prefix="/api/v1/production",
    description="Measured volumes divided among the wells, in versions that close exactly",
)
NETWORK = {"in": "path", "name": "id", "description": "Id of the network"}
DAY = {"in": "path", "name": "id", "description": "Id of the version of a day"}

runs = sdk.Resource(
    blp,
    path="/allocation-runs",
    model=AllocationRun,
    schema=AllocationRunSchema,
    name="allocation_run",
    plural="allocation_runs",
    read=READ,
    write=ALLOCATE,
    filters=("network_id", "facility_id", "number"),
    sort=("created_at", "number"),
    asset=AllocationRun.asset_id,
    methods=("list", "get"),
)

days = sdk.Resource(
    blp,
    path="/allocation-days",
    model=AllocationDay,
    schema=WholeAllocationDaySchema,
    name="allocation_day",
    plural="allocation_days",
    read=READ,
    write=ALLOCATE,
    sort=("production_date",),
    asset=AllocationDay.asset_id,
    methods=("get",),
)


@blp.route("/allocation-days")
class AllocationDaysView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listAllocationDays", summary="List allocated days, in all versions")
    @blp.listing(
        AllocationDaySchema,
        AllocationDay,
        filters=("run_id", "network_id", "facility_id", "production_date", "newest"),
        extra=period_filters(AllocationDay.production_date),
        sort=("production_date", "version", "created_at"),
        asset=AllocationDay.asset_id,
    )
    def get(self) -> Any:
        return select(AllocationDay)


@blp.route("/allocated-volumes")
class AllocatedVolumesView(MethodView):
    @blp.permission(READ)
    @blp.doc(
        operationId="listAllocatedVolumes",
        summary="List the shares of the wells, in all versions",
        description="`newest=true` gives those that count. As CSV it is the allocation table.",
    )
    @blp.listing(
        AllocatedVolumeSchema,
        AllocatedVolume,
        filters=("network_id", "well_id", "production_date", "day_id", "run_id", "newest"),
        extra=period_filters(AllocatedVolume.production_date),
        sort=("production_date", "well_name", "version"),
        asset=AllocatedVolume.asset_id,
    )
    def get(self) -> Any:
        return select(AllocatedVolume)


@blp.route("/allocation-days/<uuid:id>/changes", parameters=[DAY])
class DayChangesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getAllocationDayChanges",
        summary="What a version of a day has other than the one before",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, DayChangesSchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        return changes_of(days.find(id))


@blp.route("/networks/<uuid:id>/allocate", parameters=[NETWORK])
class AllocateView(MethodView):
    @blp.permission(ALLOCATE)
    @blp.within_assets
    @blp.doc(
        operationId="allocateNetwork",
        summary="Allocate days of a network",
        description="Days whose hours, tests, meter totals and corrections are what they were keep "
        "their version. Refused with `allocation_incomplete` while a meter has no total of a day, "
        "and with 409 for days of a closed month.",
    )
    @blp.arguments(AllocateSchema)
    @blp.response(201, AllocationRunSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> AllocationRun:  # noqa: A002
        run = run_allocation(
            networks.find(id),
            days_between(data["first_day"], data["last_day"]),
            reason=data.get("reason"),
            all_days=data["all_days"],
        )
        sdk.db.session.commit()
        return run


class StatesQuerySchema(sdk.Schema):
    first_day = fields.Date(required=True, metadata=sdk.about("First production day"))
    last_day = fields.Date(required=True, metadata=sdk.about("Last production day, included"))


@blp.route("/networks/<uuid:id>/states", parameters=[NETWORK])
class StatesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getAllocationStates",
        summary="Which days of a network are allocated from what is known",
    )
    @blp.arguments(StatesQuerySchema, location="query")
    @blp.response(200, DayStateSchema(many=True))
    def get(self, query: dict[str, Any], id: uuid.UUID) -> list[dict[str, Any]]:  # noqa: A002
        return states_of(networks.find(id), days_between(query["first_day"], query["last_day"]))


class StatementQuerySchema(MonthQuerySchema):
    units = sdk.units_field()
    format = sdk.format_field()


@blp.route("/networks/<uuid:id>/statement", parameters=[NETWORK])
class StatementView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getMonthlyStatement",
        summary="A network's month by wells: allocated, adjusted, in all",
        description="With `format=csv` a file. Sums of the newest versions of the month's days, "
        "and of the adjustments of closed months that are booked in it. `meta.balances` has what "
        "was measured, allocated and given to no well, by fluid with its unit.",
    )
    @blp.arguments(StatementQuerySchema, location="query")
    @blp.response(200, StatementLineSchema(many=True))
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002
        network = networks.find(id)
        lines = statement_of(network, query["month"])
        if sdk.wants_csv(query.get("format")):
            return _table(lines)
        sdk.set_meta({"balances": balances_of(network, query["month"])})
        return lines


def _table(lines: list[dict[str, Any]]) -> Any:
    schema = StatementLineSchema()
    shown = [schema.dump(line) for line in lines]
    return sdk.columns_response(
        {name: [line[name] for line in shown] for name in schema.fields}, form="csv"
    )
