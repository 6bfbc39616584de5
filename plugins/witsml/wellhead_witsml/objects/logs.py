"""Logs: their header, and the blocks of data in the order in which they came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject
from wellhead_witsml.objects.log_data import (
    NO_SHAPE,
    Column,
    LogData,
    Shape,
    numbered,
    read_log_data,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One curve of a log.

    mnemonic: the second of a name in one log is `GR:2`
    column: its place among the data's values from 1, 1.3.1.1 only
    null_value: what stands for no value, as it is written; the log's where the curve has none
    type: WITSML's typeLogData: double, int, string, date time …
    start_md, end_md, start_time, end_time: of its own data, depth or time as the log's index is
    """

    uid: str
    mnemonic: str
    unit: str | None = None
    null_value: str | None = None
    description: str | None = None
    witsml_class: str | None = None
    type: str | None = None
    column: int | None = None
    alias: str | None = None
    start_md: Measure | None = None
    end_md: Measure | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    sensor_offset: Measure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(WitsmlObject):
    """A log.

    index_type: as it is written: date time, elapsed time, measured depth, vertical depth …
    index_curve: mnemonic of the index
    direction: increasing or decreasing; increasing when the store says nothing
    growing: the store still adds data; None in a reply without it
    index_datum: of the depths, where it is named
    shape: what reading further data of this log needs of its header
    data: one entry a `logData`; none in a header's reply
    """

    service_company: str | None = None
    run_number: str | None = None
    created: datetime | None = None
    description: str | None = None
    index_type: str = ""
    index_curve: str = ""
    direction: str = "increasing"
    growing: bool | None = None
    start_index: Measure | None = None
    end_index: Measure | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    step: Measure | None = None
    null_value: str | None = None
    index_datum: str | None = None
    curves: tuple[Curve, ...] = ()
    shape: Shape = NO_SHAPE
    data: tuple[LogData, ...] = ()

    @property
    def by_time(self) -> bool:
        """Whether the index is a time of day; elapsed time is not, it is a number of seconds."""
        return self.index_type == "date time"

    @property
    def decreasing(self) -> bool:
        """Whether rows come from the bottom, or the latest, first."""
        return self.direction == "decreasing"

    @property
    def index_unit(self) -> str | None:
        """Of a depth index, as WITSML spells it; of the index curve, else of its bounds."""
        for curve in self.curves:
            if curve.mnemonic.lower() == self.index_curve.lower() and curve.unit:
                return curve.unit
        bound = self.start_index or self.end_index
        return None if bound is None else bound.uom


def read_log(of: Reader, header: Log | None = None) -> Log:
    """A `log` of either version. header: what to read data by that comes without one"""
    index_type = (of.text("indexType") or "").lower()
    null_value = of.text("nullValue")
    start, end = of.measure("startIndex"), of.measure("endIndex")
    curves = _numbered([_curve(part) for part in of.inner("logCurveInfo")])
    index = of.first("indexCurve")
    place = None if index is None else index.attribute("columnIndex")
    index_curve = "" if index is None else index.content
    bound = start or end
    shape = Shape(
        index=index_curve or _first_column(curves, place),
        by_time=index_type == "date time",
        columns=_columns(curves),
        null_value=null_value,
        delimiter=of.text("dataDelimiter") or ",",
    )
    if header is not None:
        shape = _shape_of_data(header.shape, _columns(curves))
    return Log(
        service_company=of.text("serviceCompany"),
        run_number=of.text("runNumber"),
        created=of.time("creationDate"),
        description=of.text("description"),
        index_type=index_type,
        index_curve=shape.index,
        direction=of.text("direction") or "increasing",
        growing=of.flag("objectGrowing"),
        start_index=start,
        end_index=end,
        start_time=of.time("startDateTimeIndex"),
        end_time=of.time("endDateTimeIndex"),
        step=of.measure("stepIncrement"),
        null_value=null_value,
        index_datum=None if bound is None else bound.datum,
        curves=curves,
        shape=shape,
        data=tuple(read_log_data(part, shape) for part in of.inner("logData")),
        **of.identity(),
    )


def _curve(of: Reader) -> Curve:
    return Curve(
        uid=of.attribute("uid") or "",
        mnemonic=of.text("mnemonic") or "",
        unit=of.text("unit"),
        null_value=of.text("nullValue"),
        description=of.text("curveDescription"),
        witsml_class=of.text("classWitsml"),
        type=of.text("typeLogData"),
        column=of.whole("columnIndex"),
        alias=of.text("mnemAlias"),
        start_md=of.measure("minIndex"),
        end_md=of.measure("maxIndex"),
        start_time=of.time("minDateTimeIndex"),
        end_time=of.time("maxDateTimeIndex"),
        sensor_offset=of.measure("sensorOffset"),
    )


def _shape_of_data(known: Shape, came: tuple[Column, ...]) -> Shape:
    """The header's, with the columns that came with the data where they did: a store may leave
    out those without values."""
    columns = {column.mnemonic.lower(): column for column in known.columns}
    named = tuple(columns.get(column.mnemonic.lower(), column) for column in came)
    return replace(known, columns=named or known.columns)


def _numbered(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    names = numbered([curve.mnemonic for curve in curves])
    return tuple(replace(curve, mnemonic=name) for curve, name in zip(curves, names, strict=True))


def _first_column(curves: tuple[Curve, ...], place: str | None) -> str:
    """Mnemonic of the index where only its column is given, or nothing is: the first."""
    ordered = sorted(curves, key=lambda curve: curve.column or 0)
    for curve in ordered:
        if place is not None and str(curve.column) == place:
            return curve.mnemonic
    return ordered[0].mnemonic if ordered else ""


def _columns(curves: tuple[Curve, ...]) -> tuple[Column, ...]:
    """In the order of the data's values: by columnIndex where it is given (1.3.1.1)."""
    ordered = sorted(curves, key=lambda curve: curve.column or 0)
    return tuple(
        Column(curve.mnemonic, curve.unit, curve.null_value, curve.type) for curve in ordered
    )
