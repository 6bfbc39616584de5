"""The way of a report from who writes it to who answers for it.

draft → submitted → approved; back to draft when it is rejected, or when an approved one is changed.
Each step asks for the state that it starts from, with the report held, so of two at once one wins.
"""

import datetime as dt
import zoneinfo
from typing import Any

from wellhead import sdk
from wellhead_drilling.calc.tiling import Fault, FaultKind, faults
from wellhead_drilling.models import DailyReport, ReportRevision
from wellhead_drilling.reports.content import content_of
from wellhead_drilling.reports.local_times import local_of
from wellhead_drilling.reports.service import lock_report, note_author, refused
from wellhead_drilling.reports.vocabulary import ReportState

_DEPTH_TOLERANCE = 0.01


def submit(report: DailyReport) -> None:
    """Hand a draft over for approval.

    Raises ApiError 409 `report_not_draft`, or 422 `report_incomplete` naming all that is missing:
    every gap and overlap of its activities, and depths below the hole's.
    """
    lock_report(report)
    if report.state != ReportState.DRAFT:
        raise refused(
            "report_not_draft", f"Only a draft is submitted; the report is {report.state}."
        )
    problems = _problems(report)
    if problems:
        first = problems[0]["message"]
        raise sdk.ApiError(
            422, "report_incomplete", f"The report cannot be submitted yet: {first}.", problems
        )
    report.state = ReportState.SUBMITTED.value
    report.submitted_at = dt.datetime.now(dt.UTC)
    report.submitted_by = sdk.current_user().email
    report.rejection_reason = None
    note_author(report)


def approve(report: DailyReport) -> None:
    """Answer for a submitted report, and keep it as it is now.

    Raises ApiError 409 `report_not_submitted`, or 403 `approval_by_author` for somebody who had a
    hand in this revision.
    """
    _require_submitted(report)
    user = sdk.current_user()
    if user.id in report.authors:
        raise refused(
            "approval_by_author",
            "Who entered, changed or submitted a report does not approve it. Ask another person.",
            403,
        )
    report.state = ReportState.APPROVED.value
    report.approved_at = dt.datetime.now(dt.UTC)
    report.approved_by = user.email
    sdk.db.session.flush()
    sdk.db.session.add(
        ReportRevision(
            report_id=report.id,
            revision=report.revision,
            reason=report.revision_reason,
            approved_at=report.approved_at,
            approved_by=report.approved_by,
            content=content_of(report),
        )
    )


def reject(report: DailyReport, reason: str) -> None:
    """Give a submitted report back to its authors. Raises ApiError 409 `report_not_submitted`."""
    _require_submitted(report)
    report.state = ReportState.DRAFT.value
    report.rejection_reason = reason
    report.submitted_at = report.submitted_by = None


def _require_submitted(report: DailyReport) -> None:
    lock_report(report)
    if report.state != ReportState.SUBMITTED:
        raise refused(
            "report_not_submitted", f"The report waits for nobody's approval; it is {report.state}."
        )


def _problems(report: DailyReport) -> list[dict[str, Any]]:
    day = (report.begins_at, report.ends_at)
    spans = [(row.start_at, row.end_at) for row in report.activities]
    zone = zoneinfo.ZoneInfo(report.time_zone)
    problems = [_problem(fault, zone) for fault in faults(spans, day)]
    deepest = report.deepest_activity
    if deepest is not None and report.depth_end is None:
        problems.append(
            {
                "field": "depth_end",
                "message": "activities have depths, and the hole has none",
                "remedy": "Give the depth of the hole at the end of the day",
            }
        )
    elif deepest is not None and deepest > (report.depth_end or 0.0) + _DEPTH_TOLERANCE:
        problems.append(
            {
                "field": "depth_end",
                "value": report.depth_end,
                "message": f"an activity is at {deepest:g} {report.depth_unit}, below the hole",
                "remedy": "Correct the activity's depth, or depth_end",
            }
        )
    return problems


def _problem(fault: Fault, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    span = f"{local_of(fault.start, zone)} to {local_of(fault.end, zone)}"
    hours = (fault.end - fault.start) / dt.timedelta(hours=1)
    if fault.kind is FaultKind.OVERLAP:
        one, other = fault.activities
        message = f"activities {one} and {other} overlap {span} ({hours:g} h)"
        return {
            "field": f"activities.{other}",
            "value": FaultKind.OVERLAP.value,
            "message": message,
            "remedy": "An hour is spent once: shorten one of them",
        }
    near = " and ".join(str(place) for place in fault.activities)
    after = f", next to activity {near}" if near else ""
    return {
        "field": "activities",
        "value": fault.kind.value,
        "message": f"nothing is entered for {span} ({hours:g} h){after}",
        "remedy": "Enter what was done then",
    }
