"""What other records say of a report's day: the hole sections and BHA runs under way in it.

A report repeats none of it: it is entered once, where it belongs, and shown here. Approval keeps it
as it was.
"""

from typing import Any

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_drilling.models import DailyReport, Run, Section


def figures_of(report: DailyReport) -> dict[str, Any]:
    """The day's records, by the fields of `DaySchema`, each in the order of the hole or of time."""
    return {
        "sections": _under_way(report, Section, Section.start_at, Section.end_at),
        "runs": _under_way(report, Run, Run.time_in, Run.time_out),
    }


def _under_way(report: DailyReport, model: Any, begun: Any, ended: Any) -> list[Any]:
    """Records of the wellbore that share an instant with the report day, by number."""
    found = (
        select(model)
        .where(model.wellbore_id == report.wellbore_id, begun < report.ends_at)
        .where(or_(ended.is_(None), ended > report.begins_at))
        .order_by(model.number)
    )
    return list(sdk.db.session.scalars(found))
