"""A log's rows in the units and from the datum that a reader asks for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wellhead import sdk
from wellhead_well_logs import reads
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.models import Curve, Log
from wellhead_well_logs.rows import Rows
from wellhead_well_logs.service import connection_of
from wellhead_well_logs.vocabulary import DATETIME, DataType, LogKind
from wellhead_wells.datums import convert_depth, elevation_m
from wellhead_wells.surveys.service import positions

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """curves: mnemonics, without case; None = all. low, high: in the log's own index unit and
    datum. points: at most so many rows, None = all. system: units of the answer, None = the log's.
    datum: of depths, None = the log's. tvd: a column of true vertical depths too"""

    curves: Sequence[str] | None = None
    low: float = -np.inf
    high: float = np.inf
    points: int | None = None
    system: sdk.units.System | None = None
    datum: str | None = None
    tvd: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """index: as asked, in `index_unit` from `datum`; columns, units: by mnemonic; curves: what the
    columns are of; stretch: as `reads.Seen` has it; tvd: true vertical depth, in index_unit from
    `datum`, NaN where the survey does not reach"""

    log: Log
    index: Floats
    index_unit: str
    datum: str | None
    curves: list[Curve]
    columns: Mapping[str, Floats | Texts]
    units: Mapping[str, str | None]
    stretch: int | None
    tvd: Floats | None = None


def view_of(log: Log, asked: Question, most: int) -> View:
    """most: values that an answer may hold

    Raises WellheadError for a curve that the log does not have, a datum or a survey that is not
    known, and a question that is too large.
    """
    curves = curves_of(log, asked.curves)
    rows = log.rows if asked.points is None else min(asked.points, log.rows)
    if rows * (len(curves) + 1) > most:
        raise sdk.WellheadError(
            f"{rows:,} rows of {len(curves)} curves are more than {most:,} values",
            field="points",
            value=asked.points,
            remedy="Ask for fewer curves or points",
        )
    seen = _seen(log, curves, asked)
    columns: dict[str, Floats | Texts] = {}
    units: dict[str, str | None] = {}
    for curve in curves:
        columns[curve.mnemonic], units[curve.mnemonic] = _column(curve, seen.rows, asked.system)
    own = log.shown_unit
    unit = sdk.units.shown_in(own, "length", asked.system) if asked.system else own
    assert unit is not None
    index, datum = seen.rows.index, log.depth_datum
    tvd = None
    if asked.tvd:
        tvd = _tvd(log, index, unit, asked.datum)
    if asked.datum is not None or unit != own:
        index, datum = _index(log, index, unit, asked.datum)
    return View(log, index, unit, datum, curves, columns, units, seen.stretch, tvd)


def curves_of(log: Log, names: Sequence[str] | None) -> list[Curve]:
    """The curves of these mnemonics, in this order. Raises WellheadError for one that is none."""
    if names is None:
        return list(log.curves)
    known = {curve.mnemonic.upper(): curve for curve in log.curves}
    found: dict[str, Curve] = {}
    for name in names:
        if name.upper() not in known:
            raise sdk.WellheadError(
                "the log has no such curve",
                field="curves",
                value=name,
                remedy=sdk.did_you_mean(name, [curve.mnemonic for curve in log.curves]),
            )
        found[name.upper()] = known[name.upper()]
    return list(found.values())


def index_of(log: Log, text: str, name: str) -> float:
    """An end of a range as a reader writes it: a number, or a time of a log by date and time.

    Raises WellheadError naming the field."""
    try:
        if log.index_known_unit == DATETIME:
            time = dt.datetime.fromisoformat(text)
            if time.tzinfo is None:
                raise ValueError(text)
            return float((time - _EPOCH) // dt.timedelta(microseconds=1))
        number = float(text)
        if np.isfinite(number):
            return number
    except ValueError:
        pass
    timed = log.index_known_unit == DATETIME
    raise sdk.WellheadError(
        "is no time with its zone" if timed else "is no number",
        field=name,
        value=text,
        remedy="Write it like 2026-11-28T14:30:00Z" if timed else f"Give it in {log.shown_unit}",
    )


def _seen(log: Log, curves: Sequence[Curve], asked: Question) -> reads.Seen:
    by_type = {kind: [curve.id for curve in curves if curve.data_type == kind] for kind in DataType}
    return reads.see(
        connection_of(sdk.db.session),
        log.id,
        by_type[DataType.NUMBER],
        by_type[DataType.TEXT],
        asked.low,
        asked.high,
        asked.points,
    )


def _column(
    curve: Curve, rows: Rows, system: sdk.units.System | None
) -> tuple[Floats | Texts, str | None]:
    if curve.data_type == DataType.TEXT:
        return rows.texts[curve.id], curve.shown_unit
    values = rows.numbers[curve.id]
    if system is None or curve.known_unit is None:
        return values, curve.shown_unit
    unit = sdk.units.shown_in(curve.known_unit, curve.quantity, system) or curve.known_unit
    return sdk.units.convert(values, curve.known_unit, unit), unit


def _index(log: Log, index: Floats, unit: str, datum: str | None) -> tuple[Floats, str | None]:
    own = _depth_unit(log) if datum is not None else log.index_known_unit or unit
    if datum is None:
        return sdk.units.convert(index, own, unit), log.depth_datum
    if log.depth_datum is None:
        raise sdk.WellheadError(
            "the log does not say what its depths are measured from",
            field="datum",
            value=datum,
            remedy="Set the log's depth_datum",
        )
    elevation_m(log.bore.well, datum, "datum")  # names the parameter, where it is not known
    found = convert_depth(log.bore.well, index, own, log.depth_datum, unit, datum, kind="md")
    return found, datum


def _tvd(log: Log, index: Floats, unit: str, datum: str | None) -> Floats:
    """By the definitive survey, from the same datum as the index."""
    own = _depth_unit(log)
    path = positions(log.bore, unit=own, datum=log.depth_datum)
    on_path = (index >= path.md[0]) & (index <= path.md[-1])
    tvd = np.full(len(index), np.nan)
    tvd[on_path] = path.at(index[on_path]).tvd
    if datum is None or log.depth_datum is None:
        return sdk.units.convert(tvd, own, unit)
    return convert_depth(log.bore.well, tvd, own, log.depth_datum, unit, datum, kind="tvd")


def _depth_unit(log: Log) -> str:
    if log.kind != LogKind.DEPTH or log.index_known_unit is None:
        raise sdk.WellheadError(
            "the index is no depth in metres or feet",
            field="datum",
            value=f"{log.index_mnemonic} {log.index_unit}",
            remedy="Ask without datum and tvd",
        )
    return log.index_known_unit
