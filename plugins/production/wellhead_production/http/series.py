"""Routes of production over time, and its plots next to the numbers."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView
from sqlalchemy import select

from wellhead import sdk
from wellhead_production.http.facilities import READ, facilities
from wellhead_production.plots import production_figure
from wellhead_production.schemas.series import (
    ProductionPlotQuerySchema,
    ProductionSeriesQuerySchema,
    ProductionSeriesSchema,
)
from wellhead_production.series import Asked, Shown, facility_series, well_series
from wellhead_wells.models import Well

blp = sdk.Blueprint(
    "production_series",
    url_prefix="/api/v1/production",
    description="What wells and facilities produced over time",
)
_WELL = {"in": "path", "name": "id", "description": "Id of the well"}
_FACILITY = {"in": "path", "name": "id", "description": "Id of the facility"}


def find_well(key: uuid.UUID) -> Well:
    """The well, or ApiError 404, also for one that the caller may not see."""
    asked = sdk.only_visible(select(Well).where(Well.id == key), Well.asset_id)
    well: Well | None = sdk.db.session.scalar(asked)
    if well is None:
        raise sdk.not_found("well", key)
    return well


def _asked(query: dict[str, Any]) -> Asked:
    return Asked(
        query.get("first"),
        query.get("last"),
        query["period"] == "month",
        query.get("standard_conditions"),
        sdk.asked_system(),
    )


def _answer(shown: Shown, query: dict[str, Any]) -> Any:
    if sdk.wants_csv(query.get("format")):
        return sdk.columns_response(shown.columns, form="csv")
    return sdk.columns_response(shown.columns | shown.units, form="json")


@blp.route("/wells/<uuid:id>/series", parameters=[_WELL])
class WellSeriesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellSeries",
        summary="What a well produced over time: volumes, rates, cumulative volumes, ratios",
    )
    @blp.arguments(ProductionSeriesQuerySchema, location="query")
    @blp.response(200, ProductionSeriesSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002 (the path's name)
        return _answer(well_series(find_well(id).id, _asked(query)), query)


@blp.route("/wells/<uuid:id>/series/plot", parameters=[_WELL])
class WellSeriesPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellSeries",
        summary="Rates and ratios of a well over time",
        responses=sdk.chart_documentation()["responses"],
    )
    @blp.arguments(ProductionPlotQuerySchema, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        well = find_well(id)
        return sdk.chart_response(production_figure(well_series(well.id, _asked(query)), well.name))


@blp.route("/facilities/<uuid:id>/series", parameters=[_FACILITY])
class FacilitySeriesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getFacilitySeries",
        summary="What the wells of a facility produced there over time",
    )
    @blp.arguments(ProductionSeriesQuerySchema, location="query")
    @blp.response(200, ProductionSeriesSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002
        return _answer(facility_series(facilities.find(id).id, _asked(query)), query)


@blp.route("/facilities/<uuid:id>/series/plot", parameters=[_FACILITY])
class FacilitySeriesPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotFacilitySeries",
        summary="Rates and ratios of a facility over time",
        responses=sdk.chart_documentation()["responses"],
    )
    @blp.arguments(ProductionPlotQuerySchema, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        facility = facilities.find(id)
        shown = facility_series(facility.id, _asked(query))
        return sdk.chart_response(production_figure(shown, facility.name))
