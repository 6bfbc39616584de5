"""Logs from LAS and CSV files, sent as the body of a request."""

import uuid
from typing import Any

from flask import request
from flask.views import MethodView
from marshmallow import fields

from wellhead import sdk
from wellhead_well_logs.imports import Wanted, take
from wellhead_well_logs.models import Log
from wellhead_well_logs.nulls import NullPolicy
from wellhead_well_logs.routes import EDIT, blp, find_log
from wellhead_well_logs.schemas import LogImportSchema
from wellhead_wells.records import require_wellbore
from wellhead_wells.vocabulary import DATUMS

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_LAS = {"text/plain": _BINARY, "application/octet-stream": _BINARY}


class LasQuery(sdk.Schema):
    wellbore_id = fields.UUID(required=True, metadata=sdk.about("The wellbore that it is a log of"))
    dry_run = fields.Boolean(
        load_default=False, metadata=sdk.about("Only say what would be made, and what is odd")
    )
    name = sdk.line_field("Name of the log; that of the file if left out")
    file_name = sdk.line_field("Name of the file", most=255)
    run = sdk.line_field("Run number, or BHA run that it belongs to")
    depth_datum = sdk.choice_field(DATUMS, "What its depths are measured from")
    null_policy = sdk.choice_field(
        NullPolicy,
        "Numbers that are nulls. none; strict: the one that the file declares; common: ±999.25 and "
        "±9999.25 too; aggressive: ±999, ±9999, ±999.99, ±32767 too",
        load_default=NullPolicy.STRICT.value,
    )
    replaces = fields.UUID(metadata=sdk.about("Log of which this is the next revision"))
    reason = sdk.prose_field("Why there is a new revision", allow_none=False)


class CsvQuery(LasQuery):
    name = sdk.line_field("Name of the log", required=True)
    null_value = sdk.line_field("What stands for null, beside empty cells: -999.25")


@blp.route("/imports/las")
class LasImport(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="importLas",
        summary="Import a log from a LAS file: 1.2, 2.0 or 3.0",
        description="The file is the body. What is odd about it is answered as warnings, units "
        "that are not known are kept as they came, and so is the whole header. A file that cannot "
        "be read is refused with the line at fault.",
        requestBody={"required": True, "content": _LAS},
    )
    @blp.arguments(LasQuery, location="query")
    @blp.response(200, LogImportSchema)
    def post(self, query: dict[str, Any]) -> dict[str, Any]:
        from wellhead_well_logs.las.log import read_las  # lasio brings pandas where that is there

        wanted = _wanted(query)
        found = read_las(
            _body(),
            policy=NullPolicy(query["null_policy"]),
            most=_most(),
            file_name=query.get("file_name"),
            name=query.get("name") or _name(wanted.replaces),
        )
        return take(found, wanted)


@blp.route("/imports/csv")
class CsvImport(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="importLogCsv",
        summary="Import a log from a CSV file",
        description="The file is the body: a row of names, the index first, each with its unit "
        "behind it as `GR [gAPI]`; then a row a depth or time.",
        requestBody={"required": True, "content": {"text/csv": _BINARY}},
    )
    @blp.arguments(CsvQuery, location="query")
    @blp.response(200, LogImportSchema)
    def post(self, query: dict[str, Any]) -> dict[str, Any]:
        from wellhead_well_logs.csv_log import read_csv

        wanted = _wanted(query)
        found = read_csv(
            _body(),
            policy=NullPolicy(query["null_policy"]),
            null_value=query.get("null_value"),
            most=_most(),
            file_name=query.get("file_name"),
            name=query["name"],
        )
        return take(found, wanted)


def _wanted(query: dict[str, Any]) -> Wanted:
    replaces = _replaced(query.get("replaces"))
    if replaces is not None and "reason" not in query:
        raise sdk.WellheadError(
            "a revision needs a reason", field="reason", remedy="Say why it replaces the other"
        )
    return Wanted(
        bore=require_wellbore(query["wellbore_id"]),
        dry_run=query["dry_run"],
        replaces=replaces,
        reason=query.get("reason"),
        run=query.get("run") or (None if replaces is None else replaces.run),
        depth_datum=query.get("depth_datum")
        or (None if replaces is None else replaces.depth_datum),
    )


def _replaced(key: uuid.UUID | None) -> Log | None:
    return None if key is None else find_log(key)


def _name(replaces: Log | None) -> str | None:
    return None if replaces is None else replaces.name


def _most() -> int:
    return int(sdk.plugin_config("well_logs")["max_values"])


def _body() -> bytes:
    body = request.get_data()
    if not body:
        raise sdk.WellheadError("is empty", field="body", remedy="Send the file itself as the body")
    return body
