"""Daily reports for tests: a day as a crew writes it, and the steps of a report."""

import datetime as dt
from itertools import pairwise
from typing import Any

from wellhead.testing import Answer, ApiClient

from .conftest import DRILLING, Site

REPORTS = f"{DRILLING}/reports"


def activity(start: str, end: str, **fields: Any) -> dict[str, Any]:
    """Drilling of the intermediate section as planned, unless `fields` say otherwise."""
    usual = {"phase": "intermediate", "code": "2", "class": "planned"}
    return {"start_at": start, "end_at": end} | usual | fields


def day_of(date: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    """Activities without a gap from the midnight of `date` to the next: each line begins where its
    `at` says (local time), and lasts until the next one begins."""
    after = dt.date.fromisoformat(date) + dt.timedelta(days=1)
    starts = [f"{date}T{line['at']}" for line in lines] + [f"{after}T00:00:00"]
    return [
        activity(start, end, **{key: value for key, value in line.items() if key != "at"})
        for (start, end), line in zip(pairwise(starts), lines, strict=True)
    ]


def write(site: Site, date: str, **fields: Any) -> dict[str, Any]:
    """A new report of the site's rig."""
    report: dict[str, Any] = site.put("reports", rig_id=site.rig["id"], report_date=date, **fields)
    return report


def step(api: ApiClient, report: dict[str, Any], name: str, **fields: Any) -> Answer:
    """Submit, approve or reject it."""
    return api.post(f"{REPORTS}/{report['id']}/{name}", fields or None)
