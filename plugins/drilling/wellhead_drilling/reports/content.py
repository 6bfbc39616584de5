"""A report as the API shows it, whole: what approval keeps, and what its page is made of."""

from typing import Any

from wellhead_drilling.models import DailyReport
from wellhead_drilling.reports.day import figures_of
from wellhead_drilling.schemas.day import DaySchema
from wellhead_drilling.schemas.reports import DailyReportSchema


def content_of(report: DailyReport) -> dict[str, Any]:
    """`{"report": …, "day": …}`, each as its route answers it."""
    return {
        "report": DailyReportSchema().dump(report),
        "day": DaySchema().dump(figures_of(report)),
    }
