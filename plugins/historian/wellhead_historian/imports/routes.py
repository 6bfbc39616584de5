"""/api/v1/tags/imports: history from elsewhere."""

from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_historian.http.routes import blp
from wellhead_historian.imports import cells, service
from wellhead_historian.imports.schemas import (
    HistoryImportSchema,
    ImportColumnsSchema,
    ImportDetailSchema,
    ImportQuery,
    ImportResultSchema,
)
from wellhead_historian.imports.times import TimeForm
from wellhead_historian.imports.unpacking import unpacked
from wellhead_historian.models import Import, ImportPart

_MOST_PARTS = 1_000
_BODY = {
    "text/csv": {"schema": {"type": "string"}},
    "application/json": {"schema": ImportColumnsSchema},
}


@blp.route("/imports")
class Imports(MethodView):
    @blp.permission("historian.import")
    @blp.unlimited_only
    @blp.doc(operationId="listImports", summary="List imports of history")
    @blp.listing(
        HistoryImportSchema,
        Import,
        filters=("id", "user_email"),
        sort=("created_at", "id", "readings"),
    )
    def get(self) -> Select[Any]:
        return select(Import)

    @blp.permission("historian.enter")
    @blp.within_assets
    @blp.doc(
        operationId="importReadings",
        summary="Import history, or enter a reading, from CSV or columns of JSON",
        description="Once an id and part. Tags that anything but imports has brought readings of "
        "take those only of users who have `historian.import`. A body may be compressed, with the "
        "header `Content-Encoding: gzip`; its size is that of what it becomes.",
        requestBody={"required": True, "content": _BODY},
    )
    @blp.arguments(ImportQuery, location="query")
    @blp.response(200, ImportResultSchema)
    def post(self, query: dict[str, Any]) -> dict[str, Any]:
        asked = _asked(query)
        encoding = request.headers.get("Content-Encoding")
        body = unpacked(request.get_data(), encoding, request.max_content_length or 0)
        if request.mimetype == "text/csv":
            return service.take(asked, body, cells.csv_pieces(body, query.get("tag")))
        if request.is_json:
            return service.take(asked, body, cells.json_pieces(body, query.get("tag")))
        detail = {
            "field": "Content-Type",
            "value": request.mimetype or None,
            "remedy": "Send the header `Content-Type: text/csv`, or application/json",
        }
        raise sdk.ApiError(415, "unsupported_media_type", "An import is CSV or JSON.", [detail])


@blp.route(
    "/imports/<string:id>",
    parameters=[{"in": "path", "name": "id", "description": "Id of the import"}],
)
class OneImport(MethodView):
    @blp.permission("historian.import")
    @blp.unlimited_only
    @blp.doc(operationId="getImport", summary="Read an import and what was answered to its parts")
    @blp.response(200, ImportDetailSchema)
    def get(self, id: str) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        found = None if "\0" in id else sdk.db.session.get(Import, id)
        if found is None:
            raise sdk.not_found("import", id)
        answers = (
            select(ImportPart.answer)
            .where(ImportPart.import_id == id)
            .order_by(ImportPart.part)
            .limit(_MOST_PARTS)
        )
        shown = {name: getattr(found, name) for name in HistoryImportSchema().fields}
        return shown | {"results": list(sdk.db.session.scalars(answers))}


def _asked(query: dict[str, Any]) -> service.Request:
    """Raises WellheadError for what does not go together."""
    if "id" not in query and not query["dry_run"]:
        raise sdk.WellheadError(
            "is required", field="id", remedy="Choose one that is new, a UUID for example"
        )
    epoch = None if query["time"] == "rfc3339" else query["time"]
    zone = sdk.zone_of(query["tz"]) if "tz" in query else None
    units: dict[str, str] = {}
    for text in query["unit"]:
        tag, _, unit = text.rpartition("=")
        if tag in units:
            raise sdk.WellheadError(
                f"is given twice for {tag or 'all tags'}",
                field="unit",
                value=text,
                remedy="Leave one of them out; unit=TAG=psi is for one tag",
            )
        units[tag] = sdk.units.check_unit(unit)
    return service.Request(
        query.get("id"),
        query["part"],
        {key: value for key, value in query.items() if key not in ("id", "part", "dry_run")},
        TimeForm(epoch, zone, query.get("fold")),
        units,
        query["on_error"] == "skip",
        query["dry_run"],
    )
