"""Routes of gauge runs, their series, and the pressures in those."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import request
from flask.views import MethodView

from wellhead import sdk
from wellhead_well_testing.gauges import change_gauge_run, create_gauge_run, delete_gauge_run
from wellhead_well_testing.http.tests import EDIT, READ
from wellhead_well_testing.models import GaugeRun, Series
from wellhead_well_testing.schemas.gauges import GaugeRunSchema
from wellhead_well_testing.schemas.series import (
    CsvQuery,
    PressureImportSchema,
    PressureSeriesSchema,
    PressuresQuery,
    PressuresSchema,
    TagSeriesSchema,
)
from wellhead_well_testing.series import newest, read
from wellhead_well_testing.series_sources import from_csv, from_tag
from wellhead_well_testing.timeline import picture

blp = sdk.Blueprint(
    "well_testing_gauges",
    url_prefix="/api/v1/well-testing",
    description="Gauges that were run in tests, and their pressures",
)

_RUN = {"in": "path", "name": "id", "description": "Id of the gauge run"}
MOST_BYTES = 64 << 20
"""Of a file: a million readings by date, and more by elapsed time."""
_PIECE = 10_000
_CSV = {"text/csv": {"schema": {"type": "string"}}}

gauge_runs = sdk.Resource(
    blp,
    path="/gauge-runs",
    model=GaugeRun,
    schema=GaugeRunSchema,
    name="gauge_run",
    plural="gauge_runs",
    read=READ,
    write=EDIT,
    filters=("test_id", "wellbore_id", "gauge", "serial", "pressure_kind"),
    sort=("gauge", "depth_md", "created_at"),
    create=create_gauge_run,
    update=change_gauge_run,
    delete=delete_gauge_run,
    asset=GaugeRun.asset_id,
)

sdk.Resource(
    blp,
    path="/series",
    model=Series,
    schema=PressureSeriesSchema,
    name="pressure_series",
    plural="pressure_series_versions",
    read=READ,
    write=EDIT,
    filters=("gauge_run_id", "version", "source", "tag_id"),
    sort=("created_at", "version", "first_at"),
    asset=Series.asset_id,
    methods=("list", "get"),
)


def find_run(key: uuid.UUID) -> GaugeRun:
    """The gauge run, or ApiError 404."""
    run: GaugeRun = gauge_runs.find(key)
    return run


def find_series(run: GaugeRun, version: int | None) -> Series:
    """That version of its pressures, the last one if None, or ApiError 404."""
    series = newest(run, version)
    if series is None:
        raise sdk.not_found("series of the gauge run", version or run.gauge)
    return series


@blp.route("/gauge-runs/<uuid:id>/series/csv", parameters=[_RUN])
class CsvSeriesView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="importPressures",
        summary="Bring a gauge's pressures from a CSV file, as the next version",
        description="The file is the body: a row of names, then a row a reading, its time first "
        "and its pressure second unless the query names the columns. Of a dry run, and of rows "
        "that are skipped, the answer says what is wrong with each. At most "
        f"{MOST_BYTES >> 20} MiB; what is longer is sent in parts, with `append`.",
        requestBody={"required": True, "content": _CSV},
    )
    @blp.arguments(CsvQuery, location="query")
    @blp.response(201, PressureImportSchema)
    def post(self, query: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        run = find_run(id)
        sdk.require_csv("A gauge's file")
        request.max_content_length = MOST_BYTES
        result = from_csv(run, query, request.get_data())
        sdk.db.session.commit()
        return result


@blp.route("/gauge-runs/<uuid:id>/series/tag", parameters=[_RUN])
class TagSeriesView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="takePressures",
        summary="Take a gauge's pressures from a tag's readings, as the next version",
        description="All readings over the test's time as they are, with their qualities. Asks for "
        "the permission historian.read too.",
    )
    @blp.arguments(TagSeriesSchema)
    @blp.response(201, PressureImportSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        result = from_tag(find_run(id), data)
        sdk.db.session.commit()
        return result


@blp.route("/gauge-runs/<uuid:id>/pressures", parameters=[_RUN])
class PressuresView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getPressures",
        summary="Read a gauge's pressures, or a picture of them, as columns in JSON or CSV",
        responses={200: {"content": _CSV}},
    )
    @blp.arguments(PressuresQuery, location="query")
    @blp.response(200, PressuresSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002
        run = find_run(id)
        series = find_series(run, query.get("version"))
        found = read(series, query.get("from_"), query.get("to"))
        shown = picture(found, query["points"]) if "points" in query else found
        system = sdk.asked_system()
        unit = series.pressure_unit
        if system is not None:
            unit = sdk.units.shown_in(unit, None, system) or unit
        pressures = sdk.units.convert(shown.values, series.pressure_unit, unit)
        meta = {
            "version": series.version,
            "rows": len(shown.times),
            "of": len(found.times),
            "unit": unit,
            "pressure_kind": run.pressure_kind,
        }
        columns: dict[str, Any] = {"t": shown.times, "p": pressures, "q": shown.qualities}
        if sdk.wants_csv(query.get("format")):
            return sdk.streamed_response(_pieces(columns), "csv")
        return sdk.columns_response(columns, meta, form="json")


def _pieces(columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Some of the rows at a time: a file of a million begins at once."""
    for start in range(0, max(len(columns["t"]), 1), _PIECE):
        yield {name: column[start : start + _PIECE] for name, column in columns.items()}
