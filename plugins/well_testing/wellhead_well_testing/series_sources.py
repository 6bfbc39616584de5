"""Where series come from: a file that a gauge gave, or a tag's readings over the test's time.

Like `records`, these functions do not commit.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian import api as historian
from wellhead_historian.models import Tag
from wellhead_well_testing.models import GaugeRun, Series, WellTest
from wellhead_well_testing.pressures import counted_in, vacuum
from wellhead_well_testing.records import lock_open
from wellhead_well_testing.series import Pressures, micros_of, newest, store
from wellhead_well_testing.series_csv import Form, Rows, read_csv

_AT_ONCE = 200_000


def from_csv(run: GaugeRun, query: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """A file as the next version of a gauge run's series.

    query: as `CsvQuery` loads it
    Raises WellheadError for a file that cannot be read, ApiError 422 naming the rows that cannot
    be when they are not to be skipped, and 409 for a test that is decided.
    """
    test = _held(run)
    before = newest(run)
    _check_reason(before, query)
    elapsed, begun = query.get("elapsed"), query.get("starts_at") or test.start_at
    if elapsed is not None and begun is None:
        raise _needed("starts_at", "elapsed times count from something")
    zone = sdk.zone_of(query["tz"], "tz") if "tz" in query else None
    unit = counted_in(query.get("unit", run.pressure_unit), run.pressure_kind, "unit")
    form = Form(
        elapsed,
        0 if begun is None else micros_of(begun),
        vacuum(unit, run.pressure_kind, run.atmospheric_pressure),
        zone,
        *(query.get(name) for name in ("time", "pressure", "quality")),
    )
    found, wrong = read_csv(data, form, _most())
    if wrong.failed and query["on_error"] == "abort":
        raise _aborted(wrong, len(found.times))
    series = Series(
        source="csv",
        source_name=query.get("file_name"),
        source_sha256=hashlib.sha256(data).hexdigest(),
    )
    behind = before if query["append"] else None
    return _kept(run, series, _in_unit(found, unit, run), query, behind, wrong)


def from_tag(run: GaugeRun, data: Mapping[str, Any]) -> dict[str, Any]:
    """A tag's readings as the next version of a gauge run's series, with their qualities.

    data: as `TagSeriesSchema` loads it
    Raises WellheadError for a tag without readings there, or in no unit of such a pressure, and
    ApiError 409 for a test that is decided.
    """
    sdk.current_user().require("historian.read")
    test = _held(run)
    _check_reason(newest(run), data)
    tag: Tag = sdk.require_record(Tag, data["tag"], "tag", what="tag", listed="GET /api/v1/tags")
    if tag.unit is None:
        raise _needed("tag", f"tag {tag.name} has no unit", "Give the tag its unit")
    unit = counted_in(tag.unit, run.pressure_kind, "tag")
    start = data.get("from_") or test.start_at
    end = data.get("to") or test.end_at or dt.datetime.now(dt.UTC)
    if start is None:
        raise _needed("from", "the test has no begin")
    if end <= start:
        raise sdk.WellheadError(
            "is not after from", field="to", value=end.isoformat(), remedy="Correct one of the two"
        )
    found = _readings(tag, micros_of(start), micros_of(end))
    series = Series(source="tag", source_name=tag.name, tag_id=tag.id)
    return _kept(run, series, _in_unit(found, unit, run), data, None, Rows())


def _readings(tag: Tag, start: int, end: int) -> Pressures:
    parts, at, count = [], start, 0
    while True:
        part = historian.history(tag.id, at, end, _AT_ONCE)
        parts.append((part.times, part.values, part.qualities))
        count += len(part.times)
        if count > _most():
            raise sdk.WellheadError(
                f"has more than {_most():,} readings there",
                field="tag",
                value=tag.id,
                remedy="Raise max_points of [plugins.well_testing], or give from and to",
            )
        if part.next is None:
            break
        at = part.next
    return Pressures(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _kept(
    run: GaugeRun,
    series: Series,
    found: Pressures,
    asked: Mapping[str, Any],
    behind: Series | None,
    wrong: Rows,
) -> dict[str, Any]:
    if not found.usable.any():
        raise sdk.WellheadError(
            f"has no usable pressure among {len(found.times)} readings",
            field="body" if series.source == "csv" else "tag",
            remedy="Look at its times, and at what it holds",
        )
    if not asked["dry_run"]:
        series.gauge_run_id = run.id
        series.pressure_unit = run.pressure_unit
        series.reason = asked.get("reason")
        store(series, found, behind)
    return {
        "series": None if asked["dry_run"] else series,
        "rows": len(found.times),
        "failed": wrong.failed,
        "dry_run": asked["dry_run"],
        "problems": [{"index": row, "errors": told} for row, told in wrong.problems.items()],
    }


def _in_unit(found: Pressures, unit: str, run: GaugeRun) -> Pressures:
    values = sdk.units.convert(found.values, unit, run.pressure_unit)
    return Pressures(found.times, values, found.qualities)


def _held(run: GaugeRun) -> WellTest:
    """The run's test, open and locked: versions of its series are made one at a time."""
    test = sdk.db.session.get_one(WellTest, run.test_id)
    lock_open(test)
    return test


def _check_reason(before: Series | None, asked: Mapping[str, Any]) -> None:
    if before is not None and "reason" not in asked and not asked.get("append"):
        raise sdk.WellheadError(
            f"the gauge run has version {before.version}, and a further one has a reason",
            field="reason",
            remedy="Say why it is replaced",
        )


def _needed(field: str, message: str, remedy: str | None = None) -> sdk.WellheadError:
    return sdk.WellheadError(message, field=field, remedy=remedy or f"Give {field}")


def _aborted(wrong: Rows, sound: int) -> sdk.ApiError:
    details = [
        told | {"field": ".".join(filter(None, ("items", str(row), told["field"])))}
        for row, problems in wrong.problems.items()
        for told in problems
    ]
    first = details[0]
    return sdk.ApiError(
        422,
        "validation_failed",
        f"{wrong.failed} of {wrong.failed + sound} rows cannot be stored, so none was. "
        f"First: {first['field']}: {first['message']}",
        details,
    )


def _most() -> int:
    return int(sdk.plugin_config("well_testing")["max_points"])
