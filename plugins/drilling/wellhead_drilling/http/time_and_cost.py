"""Routes of what is drawn from daily reports: where time went, depth against days, costs."""

import uuid

from flask import Response
from flask.views import MethodView

from wellhead import sdk
from wellhead_drilling.http.reports import READ, REPORT, find_report
from wellhead_drilling.reports.breakdown import (
    Breakdown,
    breakdown_of_report,
    breakdown_of_well,
)
from wellhead_drilling.reports.costs import Costs, costs_of, field_estimates, report_estimates
from wellhead_drilling.reports.plots import breakdown_figure, depth_figure
from wellhead_drilling.reports.progress import Progress, progress_of
from wellhead_drilling.schemas.breakdown import BreakdownSchema
from wellhead_drilling.schemas.costs import CostsSchema
from wellhead_drilling.schemas.progress import ProgressSchema
from wellhead_wells.routes import find_well

blp = sdk.Blueprint(
    "drilling_analysis",
    url_prefix="/api/v1/drilling",
    description="Time, depth and cost of wells, from their daily reports",
)
_WELL = {"in": "path", "name": "well_id", "description": "Id of the well"}


@blp.route("/reports/<uuid:id>/time-breakdown", parameters=[REPORT])
class ReportTimeView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getDailyReportTime", summary="Where the time of a report day went")
    @blp.response(200, BreakdownSchema)
    def get(self, id: uuid.UUID) -> Breakdown:  # noqa: A002 (the name in the path)
        return breakdown_of_report(find_report(id).id)


@blp.route("/reports/<uuid:id>/time-breakdown/plot", parameters=[REPORT])
class ReportTimePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotDailyReportTime",
        summary="Plot where the time of a report day went",
        **sdk.chart_documentation(),
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        report = find_report(id)
        title = f"{report.wellbore.name}, {report.report_date}"
        return sdk.chart_response(breakdown_figure(breakdown_of_report(report.id), title))


@blp.route("/wells/<uuid:well_id>/time-breakdown", parameters=[_WELL])
class WellTimeView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getWellTime", summary="Where the time of a well's construction went")
    @blp.response(200, BreakdownSchema)
    def get(self, well_id: uuid.UUID) -> Breakdown:
        return breakdown_of_well(find_well(well_id).id)


@blp.route("/wells/<uuid:well_id>/time-breakdown/plot", parameters=[_WELL])
class WellTimePlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellTime",
        summary="Plot where the time of a well's construction went",
        **sdk.chart_documentation(),
    )
    def get(self, well_id: uuid.UUID) -> Response:
        well = find_well(well_id)
        return sdk.chart_response(breakdown_figure(breakdown_of_well(well.id), well.name))


@blp.route("/wells/<uuid:well_id>/days-against-depth", parameters=[_WELL])
class ProgressView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDaysAgainstDepth",
        summary="How deep a well was on which day",
        description="As drilled, from daily reports, and as planned, from hole sections.",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, ProgressSchema)
    def get(self, well_id: uuid.UUID) -> Progress:
        return progress_of(find_well(well_id), sdk.asked_system())


@blp.route("/wells/<uuid:well_id>/days-against-depth/plot", parameters=[_WELL])
class ProgressPlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotDaysAgainstDepth",
        summary="Plot days against depth of a well",
        parameters=[sdk.units_parameter(), *sdk.chart_documentation()["parameters"]],
        responses=sdk.chart_documentation()["responses"],
    )
    def get(self, well_id: uuid.UUID) -> Response:
        well = find_well(well_id)
        return sdk.chart_response(depth_figure(progress_of(well, sdk.asked_system()), well.name))


@blp.route("/reports/<uuid:id>/costs", parameters=[REPORT])
class ReportCostsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getDailyReportCosts", summary="What a report day cost")
    @blp.response(200, CostsSchema)
    def get(self, id: uuid.UUID) -> Costs:  # noqa: A002
        return costs_of(report_estimates(find_report(id).id))


@blp.route("/wells/<uuid:well_id>/costs", parameters=[_WELL])
class WellCostsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellCosts",
        summary="What a well has cost by its daily reports",
        description="The field's estimate, drafts included, a currency at a time.",
    )
    @blp.response(200, CostsSchema)
    def get(self, well_id: uuid.UUID) -> Costs:
        return costs_of(field_estimates(find_well(well_id).id))
