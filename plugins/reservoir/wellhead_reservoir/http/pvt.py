"""Routes of PVT samples, correlation sets and fluid tables."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_reservoir.http.reservoirs import EDIT, PREFIX, READ
from wellhead_reservoir.models import CorrelationSet, PvtSample, PvtTable
from wellhead_reservoir.pvt.columns import PROPERTIES
from wellhead_reservoir.pvt.measured import measured_points
from wellhead_reservoir.pvt.plots import PANELS, fluid_figure
from wellhead_reservoir.pvt.rows import csv_columns, shown_columns
from wellhead_reservoir.pvt.samples import absolute_pressure, change_sample, create_sample
from wellhead_reservoir.pvt.sets import change_set, create_set, listed_correlations
from wellhead_reservoir.pvt.versions import keep_table, properties_of
from wellhead_reservoir.schemas.fluids import (
    CorrelationSchema,
    CorrelationSetSchema,
    PlotQuery,
    PvtRowsSchema,
    PvtTableSchema,
    RowsQuery,
)
from wellhead_reservoir.schemas.samples import PvtSampleSchema

blp = sdk.Blueprint(
    "reservoir_pvt", url_prefix=PREFIX, description="Fluids: samples, correlations, tables"
)

_PICTURES = sdk.chart_documentation()["responses"]
_CSV = {"text/csv": {"schema": {"type": "string"}}}
_TABLE = {"in": "path", "name": "id", "description": "Id of the fluid table"}
_SAMPLE = {"in": "path", "name": "id", "description": "Id of the sample"}

samples = sdk.Resource(
    blp,
    path="/pvt-samples",
    model=PvtSample,
    schema=PvtSampleSchema,
    name="pvt_sample",
    plural="pvt_samples",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "well_id", "name", "kind"),
    sort=("name", "sampled_on", "created_at"),
    create=create_sample,
    update=change_sample,
    asset=PvtSample.asset_id,
)

sets = sdk.Resource(
    blp,
    path="/correlation-sets",
    model=CorrelationSet,
    schema=CorrelationSetSchema,
    name="correlation_set",
    plural="correlation_sets",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "sample_id", "name", "fluid"),
    sort=("name", "created_at"),
    create=create_set,
    update=change_set,
    asset=CorrelationSet.asset_id,
)

tables = sdk.Resource(
    blp,
    path="/pvt-tables",
    model=PvtTable,
    schema=PvtTableSchema,
    name="pvt_table",
    plural="pvt_tables",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "correlation_set_id", "fluid", "version", "name"),
    sort=("version", "created_at", "name"),
    create=keep_table,
    asset=PvtTable.asset_id,
    methods=("list", "create", "get"),
)


@blp.route("/correlations")
class CorrelationsView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(
        operationId="listCorrelations",
        summary="List the correlations of fluids, with their sources and ranges",
    )
    @blp.response(200, CorrelationSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        return listed_correlations()


@blp.route("/pvt-tables/<uuid:id>/rows", parameters=[_TABLE])
class RowsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getPvtTableRows",
        summary="Read the rows of a fluid table",
        description="In oilfield units if no others are asked for. `standard_conditions` restates "
        "volumes of gas, and nothing else does.",
        responses={200: {"content": _CSV}},
    )
    @blp.arguments(RowsQuery, location="query")
    @blp.response(200, PvtRowsSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002 (the name in the path)
        table: PvtTable = tables.find(id)
        conditions = query.get("standard_conditions", table.standard_conditions)
        shown = shown_columns(properties_of(table), conditions, sdk.asked_system())
        if sdk.wants_csv(query.get("format")):
            return sdk.columns_response(csv_columns(shown), form="csv")
        return {"standard_conditions": conditions, "columns": shown}


@blp.route("/pvt-tables/<uuid:id>/plot", parameters=[_TABLE])
class TablePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotPvtTable",
        summary="A fluid table against pressure, with what was measured over it",
        responses=_PICTURES,
    )
    @blp.arguments(PlotQuery, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        table: PvtTable = tables.find(id)
        system, fluid = sdk.asked_system(), query.get("fluid", table.fluid)
        sample = table.sample_id and sdk.db.session.get(PvtSample, table.sample_id)
        bubbles = [line["value"] for line in table.saturation if line["name"] == "bubble_point"]
        lines = shown_columns(properties_of(table), table.standard_conditions, system)
        known = {column["name"] for column in lines}
        figure = fluid_figure(
            f"{table.name}, version {table.version}",
            PANELS[fluid] if PANELS[fluid][0] in known else (),
            lines,
            measured_points(sample) if sample else (),
            bubble_point=bubbles[0] if bubbles else None,
            conditions=table.standard_conditions,
            system=system,
        )
        return sdk.chart_response(figure)


@blp.route("/pvt-samples/<uuid:id>/plot", parameters=[_SAMPLE])
class SamplePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotPvtSample",
        summary="What was measured on a sample, against pressure",
        responses=_PICTURES,
    )
    @blp.arguments(PlotQuery(exclude=["fluid"]), location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        sample: PvtSample = samples.find(id)
        points = measured_points(sample)
        names = {mark.name for mark in points}
        figure = fluid_figure(
            sample.name,
            [name for name in PROPERTIES if name in names],
            (),
            points,
            bubble_point=absolute_pressure(sample, "bubble_point"),
            conditions=sample.standard_conditions,
            system=sdk.asked_system(),
        )
        return sdk.chart_response(figure)
