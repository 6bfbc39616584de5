"""Routes of analyses that are kept with their test."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import fields

from wellhead import sdk
from wellhead_well_testing.analyses import plots, service
from wellhead_well_testing.analyses.of_gauge import of_test
from wellhead_well_testing.analyses.outcome import Column, kept_tables, shown_table, tables_of
from wellhead_well_testing.http.calculations import calculated
from wellhead_well_testing.http.tests import READ
from wellhead_well_testing.models import Analysis
from wellhead_well_testing.schemas.analyses import (
    AnalysisComparisonSchema,
    AnalysisTableSchema,
    CalculatedAnalysisSchema,
    WellTestAnalysisSchema,
)
from wellhead_well_testing.schemas.inflow import DeliverabilityAnalysisSchema, InflowAnalysisSchema
from wellhead_well_testing.schemas.transients import TransientAnalysisSchema, TransientOfTestSchema

ANALYSE = "well_testing.analyse"

blp = sdk.Blueprint(
    "well_testing_analyses",
    url_prefix="/api/v1/well-testing",
    description="Analyses of well tests: versions with their inputs",
)

_CSV = {"text/csv": {"schema": {"type": "string"}}}
_ONE = {"in": "path", "name": "id", "description": "Id of the analysis"}

analyses = sdk.Resource(
    blp,
    path="/analyses",
    model=Analysis,
    schema=WellTestAnalysisSchema,
    name="well_test_analysis",
    plural="well_test_analyses",
    read=READ,
    write=ANALYSE,
    filters=("test_id", "kind", "version", "created_by"),
    sort=("created_at", "kind", "version"),
    asset=Analysis.asset_id,
    methods=("list", "get"),
)


class _KeepView(MethodView):
    """Keeps what a schema loads, by one function of `service`."""

    schema: type[sdk.Schema]
    keep: Callable[[Mapping[str, Any], dict[str, Any]], Analysis]

    def kept(self, data: dict[str, Any]) -> Analysis:
        analysis = type(self).keep(data, self.schema().dump(data))
        sdk.db.session.commit()
        return analysis


@blp.route("/analyses/transient")
class TransientView(_KeepView):
    schema = TransientAnalysisSchema
    keep = staticmethod(service.keep_transient)

    @blp.permission(ANALYSE)
    @blp.within_assets
    @blp.doc(
        operationId="keepTransientAnalysis",
        summary="Analyse a rate step of a test by its gauge, and keep it as the next version",
    )
    @blp.arguments(TransientAnalysisSchema)
    @blp.response(201, WellTestAnalysisSchema)
    def post(self, data: dict[str, Any]) -> Analysis:
        return self.kept(data)


@blp.route("/analyses/transient/preview")
class TransientPreviewView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="previewTransientAnalysis",
        summary="Analyse a rate step of a test by its gauge, and keep nothing",
        description="What a person asks for while they move the straight line.",
    )
    @blp.arguments(TransientOfTestSchema)
    @blp.response(200, CalculatedAnalysisSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        _, _, outcome = of_test(data)
        return calculated(data["kind"], outcome)


@blp.route("/analyses/inflow")
class InflowView(_KeepView):
    schema = InflowAnalysisSchema
    keep = staticmethod(service.keep_inflow)

    @blp.permission(ANALYSE)
    @blp.within_assets
    @blp.doc(
        operationId="keepInflowAnalysis",
        summary="Inflow of oil by a test, kept as the next version",
    )
    @blp.arguments(InflowAnalysisSchema)
    @blp.response(201, WellTestAnalysisSchema)
    def post(self, data: dict[str, Any]) -> Analysis:
        return self.kept(data)


@blp.route("/analyses/deliverability")
class DeliverabilityView(_KeepView):
    schema = DeliverabilityAnalysisSchema
    keep = staticmethod(service.keep_deliverability)

    @blp.permission(ANALYSE)
    @blp.within_assets
    @blp.doc(
        operationId="keepDeliverabilityAnalysis",
        summary="Deliverability of a gas well by a test, kept as the next version",
    )
    @blp.arguments(DeliverabilityAnalysisSchema)
    @blp.response(201, WellTestAnalysisSchema)
    def post(self, data: dict[str, Any]) -> Analysis:
        return self.kept(data)


class AnalysisComparisonQuerySchema(sdk.Schema):
    other = fields.UUID(
        required=True, data_key="with", metadata=sdk.about("Id of the other analysis")
    )


@blp.route("/analyses/<uuid:id>/comparison", parameters=[_ONE])
class ComparisonView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="compareWellTestAnalyses",
        summary="What of two analyses is not the same",
        description="Results beside each other, in the units of this one, and inputs that differ.",
    )
    @blp.arguments(AnalysisComparisonQuerySchema, location="query")
    @blp.response(200, AnalysisComparisonSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        return service.compared(analyses.find(id), analyses.find(query["other"]))


class AnalysisTableQuerySchema(sdk.Schema):
    table = fields.String(
        load_default="points",
        metadata=sdk.about(
            "points: what was measured; rates: of a transient; curve: what follows; extended: "
            "that flow"
        ),
    )
    format = sdk.format_field()
    units = sdk.units_field()


@blp.route("/analyses/<uuid:id>/table", parameters=[_ONE])
class TableView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellTestAnalysisTable",
        summary="The columns that an analysis is drawn by, in JSON or CSV",
        description="A CSV file has the unit of each column in its name.",
        responses={200: {"content": _CSV}},
    )
    @blp.arguments(AnalysisTableQuerySchema, location="query")
    @blp.response(200, AnalysisTableSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002
        name = query["table"]
        table = _named(_tables(analyses.find(id)), name, "table")
        if sdk.wants_csv(query.get("format")):
            columns = {f"{key} ({row.unit})": row.values for key, row in table.items()}
            return sdk.columns_response(columns)
        [shown] = kept_tables({name: table})
        return shown


class AnalysisPlotQuerySchema(sdk.Schema):
    view = fields.String(
        metadata=sdk.about(
            "semilog or log_log of a transient, inflow, deliverability; the first that the "
            "analysis has if left out"
        )
    )
    format = fields.String(metadata=sdk.about("svg or png"))
    units = sdk.units_field()


@blp.route("/analyses/<uuid:id>/plot", parameters=[_ONE])
class PlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellTestAnalysis",
        summary="Plot an analysis",
        responses=sdk.chart_documentation()["responses"],
    )
    @blp.arguments(AnalysisPlotQuerySchema, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        analysis: Analysis = analyses.find(id)
        views = plots.views_of(analysis.kind)
        draw = _named(views, query.get("view", next(iter(views))), "view")
        kind = analysis.kind.replace("_", " ")
        title = f"{analysis.well_name}: {kind}, version {analysis.version}"
        return sdk.chart_response(draw(title, analysis.kind, _tables(analysis)))


def _tables(analysis: Analysis) -> dict[str, dict[str, Column]]:
    """In the units that are asked for, else in those of the results."""
    system = sdk.asked_system() or sdk.units.System(analysis.system)
    return {name: shown_table(table, system) for name, table in tables_of(analysis.tables).items()}


def _named(there: Mapping[str, Any], name: str, field: str) -> Any:
    if name not in there:
        raise sdk.WellheadError(
            "the analysis has none of this name",
            field=field,
            value=name,
            remedy=f"Use {' or '.join(there)}",
        )
    return there[name]
