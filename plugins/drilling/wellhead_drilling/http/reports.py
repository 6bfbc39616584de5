"""Routes of daily drilling reports: entering them, their lines, and the steps of their approval."""

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import fields, validate
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_drilling.models import Activity, CostLine, DailyReport, ReportRevision
from wellhead_drilling.reports.approval import approve, reject, submit
from wellhead_drilling.reports.content import content_of
from wellhead_drilling.reports.day import figures_of
from wellhead_drilling.reports.page import page_response
from wellhead_drilling.reports.service import change_report, create_report, delete_report
from wellhead_drilling.reports.vocabulary import TimeClass
from wellhead_drilling.schemas.approval import RejectionSchema, RevisionSchema, WholeRevisionSchema
from wellhead_drilling.schemas.day import DaySchema
from wellhead_drilling.schemas.reports import (
    ActivityRowSchema,
    CostLineRowSchema,
    DailyReportSchema,
)

READ = "drilling.read"
EDIT = "drilling.edit"
APPROVE = "drilling.approve"

blp = sdk.Blueprint(
    "drilling_reports",
    url_prefix="/api/v1/drilling",
    description="Daily drilling reports, their approval, activities and costs",
)
REPORT = {"in": "path", "name": "id", "description": "Id of the daily report"}

reports = sdk.Resource(
    blp,
    path="/reports",
    model=DailyReport,
    schema=DailyReportSchema,
    name="daily_report",
    plural="daily_reports",
    read=READ,
    write=EDIT,
    filters=("wellbore_id", "rig_id", "report_date", "number", "state", "afe"),
    sort=("report_date", "number", "state", "created_at", "updated_at"),
    create=create_report,
    update=change_report,
    delete=delete_report,
    asset=DailyReport.asset_id,
)


def find_report(key: uuid.UUID) -> DailyReport:
    """The report, or ApiError 404."""
    report: DailyReport = reports.find(key)
    return report


def _stepped(report: DailyReport) -> DailyReport:
    sdk.db.session.flush()
    sdk.db.session.refresh(report)  # before others may delete it
    sdk.db.session.commit()
    return report


@blp.route("/reports/<uuid:id>/submit", parameters=[REPORT])
class SubmitView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="submitDailyReport",
        summary="Submit a daily report for approval",
        description="Refused with `report_incomplete` while its activities do not tile the report "
        "day: every gap and overlap is named.",
    )
    @blp.changes(DailyReportSchema, reports.held)
    def post(self, id: uuid.UUID) -> DailyReport:  # noqa: A002 (the name in the path)
        report = find_report(id)
        submit(report)
        return _stepped(report)


@blp.route("/reports/<uuid:id>/approve", parameters=[REPORT])
class ApproveView(MethodView):
    @blp.permission(APPROVE)
    @blp.within_assets
    @blp.doc(
        operationId="approveDailyReport",
        summary="Approve a daily report",
        description="By another person than those who wrote it, else `approval_by_author`. The "
        "report is kept as it is, and a later change makes a new revision.",
    )
    @blp.changes(DailyReportSchema, reports.held)
    def post(self, id: uuid.UUID) -> DailyReport:  # noqa: A002
        report = find_report(id)
        approve(report)
        return _stepped(report)


@blp.route("/reports/<uuid:id>/reject", parameters=[REPORT])
class RejectView(MethodView):
    @blp.permission(APPROVE)
    @blp.within_assets
    @blp.doc(operationId="rejectDailyReport", summary="Give a daily report back to its authors")
    @blp.arguments(RejectionSchema)
    @blp.changes(DailyReportSchema, reports.held)
    def post(self, data: dict[str, str], id: uuid.UUID) -> DailyReport:  # noqa: A002
        report = find_report(id)
        reject(report, data["reason"])
        return _stepped(report)


@blp.route("/reports/<uuid:id>/revisions", parameters=[REPORT])
class RevisionsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="listDailyReportRevisions",
        summary="List the approved revisions of a daily report",
    )
    @blp.listing(RevisionSchema, ReportRevision, sort=("revision", "approved_at"))
    def get(self, id: uuid.UUID) -> Select[tuple[ReportRevision]]:  # noqa: A002
        return select(ReportRevision).where(ReportRevision.report_id == find_report(id).id)


@blp.route(
    "/reports/<uuid:id>/revisions/<int:revision>",
    parameters=[REPORT, {"in": "path", "name": "revision", "description": "Number, from 1"}],
)
class RevisionView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDailyReportRevision",
        summary="Read a daily report as it was approved",
    )
    @blp.response(200, WholeRevisionSchema)
    def get(self, id: uuid.UUID, revision: int) -> ReportRevision:  # noqa: A002
        return find_revision(id, revision)


def find_revision(key: uuid.UUID, revision: int) -> ReportRevision:
    """The approved revision of a report, or ApiError 404."""
    asked = select(ReportRevision).where(
        ReportRevision.report_id == find_report(key).id, ReportRevision.revision == revision
    )
    found: ReportRevision | None = sdk.db.session.scalar(asked)
    if found is None:
        raise sdk.not_found("approved revision", revision)
    return found


@blp.route("/reports/<uuid:id>/day", parameters=[REPORT])
class DayView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDailyReportFigures",
        summary="What other records say of a report's day",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, DaySchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        return figures_of(find_report(id))


class PageQuerySchema(sdk.Schema):
    revision = fields.Integer(
        validate=validate.Range(1, 10_000),
        metadata={"description": "An approved revision; as it is now if left out", "x-unit": "1"},
    )


@blp.route("/reports/<uuid:id>/html", parameters=[REPORT])
class PageView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getDailyReportPage",
        summary="A daily report as a page to print",
        description="HTML that needs nothing else: no scripts, no fonts, no pictures.",
        responses={
            200: {
                "description": "The page",
                "content": {"text/html": {"schema": {"type": "string"}}},
            }
        },
    )
    @blp.arguments(PageQuerySchema, location="query")
    def get(self, query: dict[str, int], id: uuid.UUID) -> Response:  # noqa: A002
        report = find_report(id)
        if "revision" in query:
            content = find_revision(id, query["revision"]).content
        else:
            content = content_of(report)
        return page_response(report, content)


@blp.route("/activities")
class ActivitiesView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listActivities", summary="List what was done, over all daily reports")
    @blp.listing(
        ActivityRowSchema,
        Activity,
        filters=("report_id", "wellbore_id", "report_date", "phase", "code"),
        extra={
            "class": sdk.Filter(
                sdk.choice_field(TimeClass, "Only records with this class"),
                lambda statement, words: statement.where(Activity.time_class.in_(words)),
            )
        },
        sort=("start_at", "end_at", "phase", "code"),
        asset=Activity.asset_id,
    )
    def get(self) -> Select[tuple[Activity]]:
        return select(Activity)


@blp.route("/cost-lines")
class CostLinesView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listCostLines", summary="List what was paid for, over all daily reports")
    @blp.listing(
        CostLineRowSchema,
        CostLine,
        filters=("report_id", "wellbore_id", "report_date", "code", "vendor", "currency", "afe"),
        sort=("report_date", "code", "vendor", "currency"),
        asset=CostLine.asset_id,
    )
    def get(self) -> Select[tuple[CostLine]]:
        return select(CostLine)
