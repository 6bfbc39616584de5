"""Daily reports: creating, changing and deleting them. Other plugins may call these functions.

They work in the caller's tenant and transaction and do not commit.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_drilling.depths import refuse_above, settle_depths
from wellhead_drilling.models import DailyReport, Rig
from wellhead_drilling.records import held_wellbore, refuse_taken_number, require_rig
from wellhead_drilling.reports.lines import check_within_day, set_activities, set_cost_lines
from wellhead_drilling.reports.vocabulary import ReportState
from wellhead_wells.models import Wellbore

_DEPTHS = ("depth_start", "depth_end")


def create_report(data: Mapping[str, Any]) -> DailyReport:
    """A new draft.

    data: as `DailyReportSchema` loads it; wellbore, rig and date are required
    Raises WellheadError for what cannot be, ApiError 409 for a number that is taken.
    """
    if data.get("revision_reason") is not None:
        raise _no_revision(data["revision_reason"])
    bore = held_wellbore(data["wellbore_id"])
    report = DailyReport(
        wellbore_id=bore.id,
        state=ReportState.DRAFT.value,
        revision=1,
        authors=[],
        safety_events=[],
    )
    number = data.get("number") or _next_number(bore.id)
    _apply(report, bore, {**data, "number": number})
    sdk.db.session.add(report)
    sdk.db.session.flush()
    return report


def change_report(report: DailyReport, data: Mapping[str, Any]) -> None:
    """Change what `data` names. An approved report becomes a draft of its next revision, for the
    `revision_reason` that `data` gives; what was approved stays to be read.

    Raises as `create_report` does, ApiError 409 `report_submitted` while somebody is to approve
    it, WellheadError for a revision without a reason.
    """
    lock_report(report)
    values = dict(data)
    reason = values.pop("revision_reason", report.revision_reason)
    if report.state == ReportState.SUBMITTED:
        raise refused(
            "report_submitted",
            "The report waits for approval and is not changed meanwhile. "
            "POST …/reject with a reason makes it a draft again.",
        )
    if report.state == ReportState.APPROVED:
        _begin_revision(report, data.get("revision_reason"))
    elif report.revision == 1 and reason is not None:
        raise _no_revision(reason)
    elif reason is None and report.revision > 1:
        raise _needs_reason(report)
    report.revision_reason = reason
    with sdk.db.session.no_autoflush:
        _apply(report, report.wellbore, values)


def delete_report(report: DailyReport) -> None:
    """Delete a draft that was never approved. Raises ApiError 409 `report_submitted` or
    `report_approved` for another."""
    lock_report(report)
    if report.state == ReportState.SUBMITTED:
        raise refused("report_submitted", "The report waits for approval; reject it first.")
    if report.state == ReportState.APPROVED or report.revision > 1:
        raise refused(
            "report_approved",
            "What was approved stays to be read. Change the report with a revision_reason instead.",
        )
    sdk.db.session.delete(report)


def lock_report(report: DailyReport) -> None:
    """Hold the report to the end of the transaction and look at it afresh: it is in one state at a
    time. Raises ApiError 404 when it has gone."""
    held = select(DailyReport.id).where(DailyReport.id == report.id).with_for_update()
    if sdk.db.session.scalar(held) is None:
        raise sdk.not_found("daily report", report.id)
    sdk.db.session.refresh(report)


def refused(code: str, message: str, status: int = 409) -> sdk.ApiError:
    """A step that the report's state does not allow."""
    return sdk.ApiError(status, code, message)


def note_author(report: DailyReport) -> None:
    """The caller has a hand in this revision, and will not be the one to approve it."""
    author = sdk.current_actor().user_id
    if author is not None and author not in report.authors:
        report.authors = [*report.authors, author]


def _begin_revision(report: DailyReport, reason: str | None) -> None:
    if reason is None:
        raise _needs_reason(report)
    report.state = ReportState.DRAFT.value
    report.revision += 1
    report.authors = []
    report.submitted_at = report.submitted_by = None
    report.approved_at = report.approved_by = None


def _needs_reason(report: DailyReport) -> sdk.WellheadError:
    return sdk.WellheadError(
        "the report was approved: a change makes a revision, and a revision has a reason",
        field="revision_reason",
        remedy="Say why it is changed",
    )


def _no_revision(reason: str) -> sdk.WellheadError:
    return sdk.WellheadError(
        "a report that was never approved has nothing to revise",
        field="revision_reason",
        value=reason,
        remedy="Leave it out",
    )


def _next_number(wellbore_id: uuid.UUID) -> int:
    highest = select(func.max(DailyReport.number)).where(DailyReport.wellbore_id == wellbore_id)
    return (sdk.db.session.scalar(highest) or 0) + 1


def _apply(report: DailyReport, bore: Wellbore, data: Mapping[str, Any]) -> None:
    values = dict(data)
    activities, cost_lines = values.pop("activities", None), values.pop("cost_lines", None)
    sdk.set_fields(report, values, fixed=("wellbore_id",))
    if "rig_id" in values or "report_date" in values:
        _settle_day(report, require_rig(report.rig_id))
    refuse_taken_number(report, "report")
    if activities is not None:
        set_activities(report, activities)
    if cost_lines is not None:
        set_cost_lines(report, cost_lines)
    check_within_day(report)
    settle_depths(report, bore, (*_DEPTHS, "deepest_activity"))
    refuse_above(report, bore.well, *_DEPTHS)
    note_author(report)


def _settle_day(report: DailyReport, rig: Rig) -> None:
    zone = sdk.zone_of(rig.time_zone, "rig_id")
    starts = sdk.parse_day_start(rig.report_day_start, "rig_id")
    report.begins_at, report.ends_at = sdk.day_span(report.report_date, zone, starts, "report_date")
    report.time_zone = rig.time_zone
