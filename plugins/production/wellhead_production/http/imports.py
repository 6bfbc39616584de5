"""The route of imports of daily records."""

from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from flask import request
from flask.views import MethodView

from wellhead import sdk
from wellhead_production.http.facilities import EDIT
from wellhead_production.imports.cells import MAX_ROWS
from wellhead_production.imports.service import Options, take
from wellhead_production.schemas.imports import DailyImportQuerySchema, DailyImportSchema

MOST_BYTES = 512 << 20

blp = sdk.Blueprint(
    "production_imports",
    url_prefix="/api/v1/production",
    description="Daily records of wells from files of any length",
)


@blp.route("/daily-records/import")
class DailyImportView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="importDailyRecords",
        summary="Import daily records of wells from CSV of any length",
        description="Columns are the fields of a daily record, with `well` and `facility` by name "
        "in place of their ids; what is only read is left out, and so are empty cells. At most "
        f"{MAX_ROWS:,} rows and {MOST_BYTES >> 20} MiB, all in one transaction. Rows that are "
        "stored as they should be are only counted.",
        requestBody={"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
    )
    @blp.arguments(DailyImportQuerySchema, location="query")
    @blp.response(200, DailyImportSchema)
    def post(self, query: dict[str, Any]) -> dict[str, Any]:
        sdk.require_csv("A file of daily records")
        request.max_content_length = MOST_BYTES
        options = Options(query["dry_run"], query["on_error"] == "skip", query["existing"])
        with TemporaryFile() as file:  # whole before a transaction begins: clients may be slow
            copyfileobj(request.stream, file)
            file.seek(0)
            return take(file, options)
