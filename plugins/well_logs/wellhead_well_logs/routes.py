"""Logs, their revisions and rows, and the catalogue of curves: /api/v1/well-logs."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import ColumnElement, Select, case, func, select

from wellhead import sdk
from wellhead_well_logs.models import Curve, Log
from wellhead_well_logs.revisions import delete_log, write_rows
from wellhead_well_logs.schemas import LogCurveSchema, LogHeaderSchema, LogRowsSchema, LogSchema
from wellhead_well_logs.service import NewCurve, NewLog, create_log, current_log, refused_name
from wellhead_well_logs.vocabulary import DataType, Direction, LogKind, Source, State
from wellhead_wells.depths import METRES_PER_FOOT
from wellhead_wells.records import require_wellbore

READ = "well_logs.read"
EDIT = "well_logs.edit"
LOG = {"in": "path", "name": "id", "description": "Id of the log"}
_CHANGED = ("name", "run", "depth_datum", "service_company", "logged_on", "growing")

blp = sdk.Blueprint(
    "well_logs", url_prefix="/api/v1/well-logs", description="Logs of wellbores and their curves"
)


def _create(data: dict[str, Any]) -> Log:
    new = NewLog(
        name=data["name"],
        kind=LogKind(data["kind"]),
        index_mnemonic=data["index_mnemonic"],
        index_unit=data["shown_unit"],
        curves=[
            NewCurve(
                curve["mnemonic"],
                curve.get("unit"),
                curve.get("description"),
                DataType(curve["data_type"]),
            )
            for curve in data["curves"]
        ],
        source=Source.ENTERED,
        run=data.get("run"),
        depth_datum=data.get("depth_datum"),
        direction=Direction(data["direction"]),
        service_company=data.get("service_company"),
        logged_on=data.get("logged_on"),
        growing=data["growing"],
    )
    _refuse_twice(new)
    return create_log(require_wellbore(data["wellbore_id"]), new)


def _refuse_twice(new: NewLog) -> None:
    seen: set[str] = set()
    for place, curve in enumerate(new.curves):
        if curve.mnemonic.upper() in seen:
            raise sdk.WellheadError(
                "is in the list twice",
                field=f"curves.{place}.mnemonic",
                value=curve.mnemonic,
                remedy="Give each curve a name of its own",
            )
        seen.add(curve.mnemonic.upper())


def _update(log: Log, data: dict[str, Any]) -> None:
    for name in data:
        if name not in _CHANGED:
            shown = "index_unit" if name == "shown_unit" else name
            raise sdk.WellheadError(
                "cannot be changed",
                field=shown,
                remedy=f"Change {', '.join(_CHANGED)}; rows and imports make revisions",
            )
    if log.state != State.CURRENT:
        raise _superseded(log)
    name, run = data.get("name", log.name), data.get("run", log.run)
    other = current_log(log.bore, name, run)
    if other is not None and other is not log:
        raise refused_name(other)
    for name, value in data.items():
        setattr(log, name, value)


def _superseded(log: Log) -> sdk.ApiError:
    return sdk.conflict(
        "a later revision has replaced it",
        field="id",
        value=str(log.id),
        remedy="Change that one",
    )


logs = sdk.Resource(
    blp,
    path="",
    model=Log,
    schema=LogSchema,
    name="well_log",
    plural="well_logs",
    read=READ,
    write=EDIT,
    filters=(
        "name", "kind", "run", "state", "growing", "source", "service_company", "wellbore_id",
        "well_id", "source_sha256",
    ),
    sort=("created_at", "name", "kind", "run", "rows", "revision", "updated_at"),
    create=_create,
    update=_update,
    delete=delete_log,
    asset=Log.asset_id,
)  # fmt: skip


def find_log(key: uuid.UUID) -> Log:
    """The log, or ApiError 404."""
    log: Log = logs.find(key)
    return log


@blp.route("/<uuid:id>/header", parameters=[LOG])
class HeaderView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getWellLogHeader", summary="Read all that a log's source says of it")
    @blp.response(200, LogHeaderSchema)
    def get(self, id: uuid.UUID) -> Log:  # noqa: A002 (the name in the path)
        return find_log(id)


@blp.route("/<uuid:id>/revisions", parameters=[LOG])
class RevisionsView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listWellLogRevisions", summary="List all revisions of a log")
    @blp.listing(LogSchema, Log, sort=("revision",), asset=Log.asset_id)
    def get(self, id: uuid.UUID) -> Select[tuple[Log]]:  # noqa: A002
        before = select(Log.id, Log.replaces).where(Log.id == find_log(id).id).cte(recursive=True)
        older = select(Log.id, Log.replaces).join(before, Log.id == before.c.replaces)
        before = before.union_all(older)
        after = select(Log.id).where(Log.id == id).cte(recursive=True)
        after = after.union_all(select(Log.id).join(after, Log.replaces == after.c.id))
        return select(Log).where(Log.id.in_(select(before.c.id)) | Log.id.in_(select(after.c.id)))


@blp.route("/<uuid:id>/curves", parameters=[LOG])
class LogCurvesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="listWellLogCurves", summary="List the curves of a log, this revision's")
    @blp.listing(LogCurveSchema, Curve, sort=("position", "mnemonic"), asset=Curve.asset_id)
    def get(self, id: uuid.UUID) -> Select[tuple[Curve]]:  # noqa: A002
        return select(Curve).where(Curve.log_id == find_log(id).id)


@blp.route("/<uuid:id>/rows", parameters=[LOG])
class RowsView(MethodView):
    @blp.permission(EDIT)
    @blp.within_assets
    @blp.doc(
        operationId="writeWellLogRows",
        summary="Put rows into a log, by index",
        description="A growing log gets them itself. Of a log that is complete they make the next "
        "revision, which is the log of the answer; the one before stays as it was.",
    )
    @blp.arguments(LogRowsSchema)
    @blp.response(200, LogSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Log:  # noqa: A002
        log = find_log(id)
        if log.state != State.CURRENT:
            raise _superseded(log)
        log = write_rows(log, data["index"], data["columns"], data.get("reason"))
        sdk.db.session.flush()
        sdk.db.session.refresh(log)  # before others may delete it
        sdk.db.session.commit()
        return log


def _metres(column: Any) -> ColumnElement[float]:
    """An index of a curve in metres; null where its log is by no known unit of depth."""
    factor = case((Curve.index_unit == "m", 1.0), (Curve.index_unit == "ft", METRES_PER_FOOT))
    metres: ColumnElement[float] = column * factor
    return metres


def _with_mnemonic(statement: Select[Any], names: list[str]) -> Select[Any]:
    return statement.where(func.upper(Curve.mnemonic).in_([name.upper() for name in names]))


def _depth(text: str) -> fields.Float:
    return fields.Float(metadata=sdk.about(text) | {"x-unit": "m"})


@blp.route("/curves")
class CurvesView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="listCurves",
        summary="List the curves of all current logs, with their statistics",
    )
    @blp.listing(
        LogCurveSchema,
        Curve,
        filters=("unit", "quantity", "data_type", "log_id", "log_name", "wellbore_id", "well_id"),
        sort=("mnemonic", "log_name", "count", "first_index", "last_index"),
        extra={
            "mnemonic": sdk.Filter(
                fields.String(metadata=sdk.about("Only of this mnemonic, capitals or not")),
                _with_mnemonic,
            ),
            "from_depth": sdk.Filter(
                _depth("Only with values at this depth or deeper, m from the log's own datum"),
                lambda statement, depths: statement.where(_metres(Curve.last_index) >= max(depths)),
            ),
            "to_depth": sdk.Filter(
                _depth("Only with values at this depth or shallower, m from the log's own datum"),
                lambda statement, depths: statement.where(
                    _metres(Curve.first_index) <= min(depths)
                ),
            ),
        },
        asset=Curve.asset_id,
    )
    def get(self) -> Select[tuple[Curve]]:
        current = select(Log.id).where(Log.state == State.CURRENT)
        return select(Curve).where(Curve.log_id.in_(current))
