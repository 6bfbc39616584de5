"""A daily report as a page to print.

The page is made of the report as the API shows it, so an approved revision prints as it was. It
needs nothing but itself, every value is escaped, and it says so to browsers: it runs no script.
"""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from wellhead_drilling.models import DailyReport
from wellhead_drilling.reports.breakdown import breakdown_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def page_response(report: DailyReport, content: Mapping[str, Any]) -> Response:
    """The page. content: as `content.content_of` makes it, of the report as it is or was"""
    bore = report.wellbore
    names = {"well": bore.well.name, "wellbore": bore.name, "rig": report.rig.name}
    response = Response(page(content, names), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def page(content: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The HTML. names: of well, wellbore and rig"""
    report = content["report"]
    spent = [
        (row["phase"], row["code"], row["class"], row["hours"]) for row in report["activities"]
    ]
    costs: dict[str, Decimal] = {}
    for line in report["cost_lines"]:
        before = costs.get(line["currency"], Decimal())
        costs[line["currency"]] = before + Decimal(line["amount"])
    return _template().render(
        report=report,
        day=content["day"],
        names=names,
        time=breakdown_of(spent),
        costs=costs,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("wellhead_drilling", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": _shown,
        "between": _between,
        "percent": _percent,
        "clock": _clock,
        "local": _local,
    }
    return environment.get_template("daily_report.html")


def _shown(value: Any, unit: str | None = None) -> str:
    """A value as people read it: a dash for none, a quantity with its unit."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return f"{value['value']:g} {value['unit']}"
    if isinstance(value, float):
        value = f"{value:g}" if abs(value) < 100_000 else f"{value:.1f}"
    return f"{value} {unit}" if unit else str(value)


def _between(low: Any, high: Any) -> str:
    """A range as people read it: one dash for none."""
    if low is None and high is None:
        return _shown(None)
    return f"{_shown(low)} to {_shown(high)}"


def _percent(value: float | None) -> str:
    return _shown(None if value is None else f"{value:.1f}", "%")


def _clock(local: str) -> str:
    """Hour and minute of a local time, `06:00`."""
    return local[11:16]


def _local(instant: str, zone: str) -> str:
    """Date, hour and minute of an instant by the rig's clock, with its offset."""
    time = dt.datetime.fromisoformat(instant).astimezone(zoneinfo.ZoneInfo(zone))
    return time.isoformat(" ", "minutes")
