"""What a log holds: rows as columns, a LAS file, and a plot beside them."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from flask import Response
from flask.views import MethodView
from marshmallow import fields, validate

from wellhead import sdk
from wellhead_well_logs import plots
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.las.writing import las_file
from wellhead_well_logs.models import Log
from wellhead_well_logs.reads import FEWEST
from wellhead_well_logs.routes import LOG, READ, blp, find_log
from wellhead_well_logs.views import Question, View, index_of, view_of
from wellhead_well_logs.vocabulary import DATETIME, DataType, Direction, LogKind
from wellhead_wells.vocabulary import DATUMS

_PLOT_POINTS = 2_000
_PIECE = 4096
_FILE = {"schema": {"type": "string"}}
_RESERVED = ("t", "index", "tvd")


class PlotQuery(sdk.Schema):
    curves = fields.String(metadata=sdk.about("Mnemonics, commas between; all if left out"))
    from_ = fields.String(
        data_key="from",
        metadata=sdk.about(
            "Least index: a number in the log's own index unit and datum, or a time"
        ),
    )
    to = fields.String(metadata=sdk.about("Greatest index, as from"))
    datum = sdk.choice_field(DATUMS, "What depths are to be counted from; the log's if left out")
    units = sdk.units_field()
    format = fields.String(metadata=sdk.about("Of the answer"))


class DataQuery(PlotQuery):
    points = fields.Integer(
        validate=validate.Range(FEWEST, 100_000),
        metadata=sdk.about(
            "At most so many rows: of more, two a stretch, which hold every curve's least and "
            "greatest value of it. All rows if left out"
        )
        | {"x-unit": "1"},
    )
    tvd = fields.Boolean(
        load_default=False,
        metadata=sdk.about("A column of true vertical depths too, by the definitive survey"),
    )
    format = sdk.format_field()


class LogDataMetaSchema(sdk.Schema):
    rows = fields.Integer(metadata=sdk.about("How many there are here") | {"x-unit": "1"})
    of = fields.Integer(metadata=sdk.about("How many the log has") | {"x-unit": "1"})
    stretch = fields.Integer(
        allow_none=True,
        metadata=sdk.about("Rows of the log that two rows here stand for; null: rows as they are")
        | {"x-unit": "1"},
    )
    index_unit = fields.String(metadata=sdk.about("Unit of index and tvd"))
    datum = fields.String(allow_none=True, metadata=sdk.about("What depths are counted from"))
    units = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        metadata=sdk.about("Unit of each curve; null = none"),
    )


class LogDataSchema(sdk.Schema):
    """Columns of equal length by ascending index: `index`, or `t`, and one a mnemonic."""

    envelope_meta = LogDataMetaSchema

    index = fields.List(
        fields.Float(), metadata=sdk.about("In meta.index_unit") | {"x-unit-field": "index_unit"}
    )
    t = fields.List(
        fields.Integer(),
        metadata=sdk.about("In its place for logs by date and time: µs since 1970 UTC")
        | {"x-unit": "us"},
    )
    tvd = fields.List(
        fields.Float(allow_none=True),
        metadata=sdk.about("True vertical depth, where asked for; null: beyond the survey")
        | {"x-unit-field": "index_unit"},
    )


@blp.route("/<uuid:id>/data", parameters=[LOG])
class DataView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellLogData",
        summary="Read a log's rows or a picture of them, as columns in JSON or CSV",
        responses={200: {"content": {"text/csv": _FILE}}},
    )
    @blp.arguments(DataQuery, location="query")
    @blp.response(200, LogDataSchema)
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Any:  # noqa: A002 (the name in the path)
        log = find_log(id)
        seen = _seen(log, query, query.get("points"), tvd=query["tvd"])
        if sdk.wants_csv(query.get("format")):
            return sdk.streamed_response(_pieces(_columns(seen, named_units=True)), "csv")
        meta = {
            "rows": len(seen.index),
            "of": log.rows,
            "stretch": seen.stretch,
            "index_unit": seen.index_unit,
            "datum": seen.datum,
            "units": seen.units,
        }
        return sdk.columns_response(_columns(seen), meta, form="json")


@blp.route("/<uuid:id>/las", parameters=[LOG])
class LasView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="getWellLogLas",
        summary="Read a log as a LAS 2.0 file, its header with the source's",
        responses={200: {"description": "The file", "content": {"text/plain": _FILE}}},
    )
    def get(self, id: uuid.UUID) -> Response:  # noqa: A002
        log = find_log(id)
        body = list(_las(log))
        response = Response(body, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{log.id}.las"'
        return response


@blp.route("/<uuid:id>/plot", parameters=[LOG])
class PlotView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(
        operationId="plotWellLog",
        summary="Draw a log: tracks of curves that are read together",
        **sdk.chart_documentation(),
    )
    @blp.arguments(PlotQuery, location="query")
    def get(self, query: dict[str, Any], id: uuid.UUID) -> Response:  # noqa: A002
        log = find_log(id)
        return sdk.chart_response(figure_of(log, _seen(log, query, _PLOT_POINTS, tvd=False)))


def figure_of(log: Log, seen: View) -> Any:
    """The log plot of a view, a matplotlib figure."""
    lines = [
        plots.Line(curve.mnemonic, seen.units[curve.mnemonic], curve.known_unit, values)
        for curve in seen.curves
        if isinstance(values := seen.columns[curve.mnemonic], np.ndarray)
    ]
    index, label = seen.index, f"{log.index_mnemonic} ({seen.index_unit})"
    if seen.datum is not None:
        label = f"{log.index_mnemonic} ({seen.index_unit} from {seen.datum})"
    if log.index_known_unit == DATETIME:
        index, label = index.astype("datetime64[us]"), f"{log.index_mnemonic} (UTC)"
    title = f"{log.bore.well.name} {log.bore.name}: {log.name}"
    return plots.figure(title, index, label, lines, depth=log.kind == LogKind.DEPTH)


def _seen(log: Log, query: Mapping[str, Any], points: int | None, *, tvd: bool) -> View:
    names = None
    if "curves" in query:
        names = [name.strip() for name in query["curves"].split(",") if name.strip()]
    low = index_of(log, query["from_"], "from") if "from_" in query else -np.inf
    high = index_of(log, query["to"], "to") if "to" in query else np.inf
    asked = Question(names, low, high, points, sdk.asked_system(), query.get("datum"), tvd)
    return view_of(log, asked, int(sdk.plugin_config("well_logs")["max_values"]))


def _columns(seen: View, *, named_units: bool = False) -> dict[str, Floats | Texts]:
    """Columns by name; named_units: with the unit behind it, as a file has no other place for it"""

    def named(name: str, unit: str | None) -> str:
        shown = f"{name} [{unit}]" if named_units and unit else name
        return f"'{shown}" if named_units and shown[:1] in "=+-@" else shown  # no formula

    columns: dict[str, Any] = {}
    if seen.log.index_known_unit == DATETIME:
        columns["t"] = seen.index.astype(np.int64)
    else:
        columns[named("index", seen.index_unit)] = seen.index
    if seen.tvd is not None:
        columns[named("tvd", seen.index_unit)] = seen.tvd
    for mnemonic, values in seen.columns.items():
        name = f"{mnemonic} (curve)" if mnemonic in _RESERVED else mnemonic
        columns[named(name, seen.units[mnemonic])] = values
    return columns


def _pieces(columns: Mapping[str, Floats | Texts]) -> Iterator[Mapping[str, Floats | Texts]]:
    count = len(next(iter(columns.values())))
    for start in range(0, max(count, 1), _PIECE):
        yield {name: values[start : start + _PIECE] for name, values in columns.items()}


def _las(log: Log) -> Iterator[bytes]:
    seen = view_of(log, Question(), int(sdk.plugin_config("well_logs")["max_values"]))
    order = slice(None, None, -1 if log.direction == Direction.DECREASING else 1)
    numbers = [curve for curve in seen.curves if curve.data_type == DataType.NUMBER]
    values = [np.asarray(seen.columns[curve.mnemonic])[order] for curve in numbers]
    well = log.bore.well
    own = (*log.bore.identifiers, *well.identifiers)
    index, unit = seen.index[order], log.index_unit
    if log.index_known_unit == DATETIME:  # LAS 2.0 has no times but elapsed ones
        index, unit = index / 1e6, "S"
    return las_file(
        name=log.name,
        well=well.name,
        identifiers=[(one.kind, one.value) for one in own],
        index_mnemonic=log.index_mnemonic,
        index_unit=unit,
        index=index,
        step=log.step,
        curves=[(one.mnemonic, one.unit or "", one.description or "") for one in numbers],
        values=values,
        left_out=[one.mnemonic for one in seen.curves if one not in numbers],
        header=log.header,
        service_company=log.service_company,
        logged_on=log.logged_on,
    )
