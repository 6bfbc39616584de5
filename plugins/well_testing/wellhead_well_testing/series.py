"""Series of pressures: stored as versions of a gauge run, and read as columns.

Other plugins may call `load`. Nothing here goes through an object a reading.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, insert, literal, select

from wellhead import sdk
from wellhead_well_testing import blocks
from wellhead_well_testing.blocks import Floats, Qualities, Times
from wellhead_well_testing.models import Block, GaugeRun, Series
from wellhead_well_testing.pressures import absolute

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pressures:
    """Columns of equal length, by ascending time.

    times: int64[n], microseconds since 1970 UTC; values: float64[n], NaN: none
    qualities: int16[n], OPC codes
    """

    times: Times
    values: Floats
    qualities: Qualities

    @property
    def usable(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """bool[n]: a pressure that is not bad."""
        return np.asarray(np.isfinite(self.values) & ~sdk.quality.is_bad(self.qualities))


def store(series: Series, found: Pressures, behind: Series | None = None) -> None:
    """Add the next version of a gauge run's series, with all that is known of it; flushed.

    series: with gauge_run_id, source and what is said of that
    found: at least one reading, in the unit of the gauge run
    behind: the version that these readings follow, which becomes part of the new one
    """
    last = select(func.max(Series.version)).where(Series.gauge_run_id == series.gauge_run_id)
    series.version = (sdk.db.session.scalar(last) or 0) + 1
    series.created_by = sdk.current_actor().email
    known = found.values[found.usable]
    series.count, series.usable = len(found.times), len(known)
    series.first_at, series.last_at = (time_of(found.times[place]) for place in (0, -1))
    series.minimum = float(known.min()) if len(known) else None
    series.maximum = float(known.max()) if len(known) else None
    if behind is not None:
        _join(series, behind)
    sdk.db.session.add(series)
    sdk.db.session.flush()
    begins = 0 if behind is None else _copied(behind, series)
    rows = []
    for number, start in enumerate(range(0, len(found.times), blocks.ROWS)):
        piece = slice(start, start + blocks.ROWS)
        times, values = found.times[piece], found.values[piece]
        packed = blocks.pack(times, values, found.qualities[piece])
        rows.append(
            {
                "series_id": series.id,
                "position": begins + number,
                "first_at": time_of(times[0]),
                "last_at": time_of(times[-1]),
                **dict(zip(("times", "pressures", "qualities"), packed, strict=True)),
            }
        )
    sdk.db.session.execute(insert(Block), rows)


def newest(run: GaugeRun, version: int | None = None) -> Series | None:
    """That version of a gauge run's pressures, the last one if None; None when there is none."""
    found = select(Series).where(Series.gauge_run_id == run.id)
    if version is not None:
        found = found.where(Series.version == version)
    return sdk.db.session.scalar(found.order_by(Series.version.desc()).limit(1))


def read(
    series: Series, start: dt.datetime | None = None, end: dt.datetime | None = None
) -> Pressures:
    """The readings with start ≤ time < end, in the unit of the series."""
    wanted = select(Block.times, Block.pressures, Block.qualities).where(
        Block.series_id == series.id
    )
    if start is not None:
        wanted = wanted.where(Block.last_at >= start)
    if end is not None:
        wanted = wanted.where(Block.first_at < end)
    parts = [blocks.unpack(*row) for row in sdk.db.session.execute(wanted.order_by(Block.position))]
    if not parts:
        return Pressures(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16))
    times, values, qualities = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    first = 0 if start is None else int(np.searchsorted(times, micros_of(start)))
    last = len(times) if end is None else int(np.searchsorted(times, micros_of(end)))
    return Pressures(times[first:last], values[first:last], qualities[first:last])


def load(run: GaugeRun, version: int | None = None) -> tuple[Floats, Floats]:
    """(t_seconds float64[n], p_psia float64[n]): the usable readings of a version, the last one if
    None, for calculations.

    t_seconds: since the test began, negative before
    Raises WellheadError when there is no such version, or the test has no begin.
    """
    series, begun = newest(run, version), run.test.start_at
    if series is None:
        raise sdk.WellheadError(
            f"gauge {run.gauge} has no pressures"
            if version is None
            else "there is no such version",
            field="gauge_run_id" if version is None else "version",
            value=str(run.id) if version is None else version,
            remedy="POST …/series/csv or …/series/tag, or name a version of GET …/series",
        )
    if begun is None:
        raise sdk.WellheadError("the test has no begin", field="start_at", remedy="Give it")
    found = read(series)
    fit = found.usable
    seconds = (found.times[fit] - micros_of(begun)) / 1e6
    psia = absolute(
        found.values[fit],
        series.pressure_unit,
        run.pressure_kind,
        run.atmospheric_pressure,
        "psia",
    )
    return seconds, psia


def time_of(micros: int) -> dt.datetime:
    """The moment that is so many microseconds after 1970 UTC."""
    return _EPOCH + int(micros) * _MICROSECOND


def micros_of(moment: dt.datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _join(series: Series, behind: Series) -> None:
    """What is known of both together. Raises WellheadError when they do not follow."""
    if series.first_at <= behind.last_at:
        raise sdk.WellheadError(
            f"is not after what version {behind.version} ends with, {behind.last_at.isoformat()}",
            field="t",
            value=series.first_at.isoformat(),
            remedy="Send what comes after it, or all of it without append",
        )
    series.first_at = behind.first_at
    series.count += behind.count
    series.usable += behind.usable
    for name, outermost in (("minimum", min), ("maximum", max)):
        known = [value for one in (series, behind) if (value := getattr(one, name)) is not None]
        setattr(series, name, outermost(known, default=None))


def _copied(behind: Series, series: Series) -> int:
    """Copy the blocks of a version into another, without reading them; how many there are."""
    names = ["position", "first_at", "last_at", "times", "pressures", "qualities"]
    columns = [getattr(Block, name) for name in names]
    theirs = select(literal(series.id), *columns).where(Block.series_id == behind.id)
    sdk.db.session.execute(insert(Block).from_select(["series_id", *names], theirs))
    count = select(func.count()).select_from(Block).where(Block.series_id == series.id)
    return sdk.db.session.scalar(count) or 0
