"""The newest reading of every tag: one row a source, as arrays, so that thousands are a few rows.

The row is merged by time: an older reading never replaces a newer one, and of two at one time the
later arrival stays. One exception: a kept time that lies in the future gives way to anything, or a
device whose clock once ran ahead would show that value until its clock is right.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.store import wire
from wellhead_historian.store.interface import Reader
from wellhead_historian.store.rows import Rows, joined

_TRIES = 5
_AHEAD = 60_000_000
"""Microseconds by which machines' clocks may differ."""
_SELECT = (
    "SELECT source_id, version, array_send(tags), array_send(ts), array_send(value), "
    "array_send(quality) FROM historian_latest WHERE source_id = ANY(%s)"
)
_UPDATE = (
    "UPDATE historian_latest SET ts = %s, value = %s, quality = %s, version = version + 1 "
    "WHERE source_id = %s AND version = %s"
)
_UPDATE_TAGS = _UPDATE.replace("SET ", "SET tags = %s, ")
_INSERT = (
    "INSERT INTO historian_latest (tags, ts, value, quality, source_id) "
    "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class State:
    """The newest readings of one source, sorted by tag. version: None when there is no row yet."""

    version: int | None
    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]


NOTHING = State(
    None, np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16)
)


def newest(groups: Sequence[Rows]) -> dict[int, State]:
    """The newest reading of each tag in `groups`, by source."""
    pieces: dict[int, list[tuple[Any, ...]]] = {}
    for rows in groups:
        tags, qualities = rows.tags, rows.qualities
        assert tags is not None
        width = tags.shape[1]
        for source in np.unique(rows.sources).tolist():
            mine = rows.sources == source
            if qualities is None:
                codes = np.full(int(mine.sum()) * width, sdk.quality.GOOD, np.int16)
            else:
                codes = qualities[mine].ravel()
            piece = (
                tags[mine].ravel(),
                np.repeat(rows.times[mine], width),
                np.repeat(rows.ranks[mine], width),
                rows.values[mine].ravel(),
                codes,
            )
            pieces.setdefault(source, []).append(piece)
    return {source: _reduce(parts) for source, parts in pieces.items()}


def newest_rows(groups: Iterable[Rows], before: int) -> list[Rows]:
    """`groups` cut to what can hold a newest reading: of the rows of each layout only the last of
    those with the greatest time, since each of them has every tag. before: what their ranks are
    raised by, since parts came before them"""
    return [
        replace(rows, ranks=rows.ranks + before)
        for rows in (rows if rows.tags is not None else _newest_of_layouts(rows) for rows in groups)
    ]


def with_tags(
    groups: Sequence[Rows], tags_of: Callable[[int], npt.NDArray[np.int32]]
) -> list[Rows]:
    """What `newest_rows` left of several parts, cut again, and with tags.

    tags_of: gives the tags of a layout by its id
    """
    alike: dict[tuple[int, bool], list[Rows]] = {}
    for rows in groups:
        if rows.tags is None:
            alike.setdefault((rows.values.shape[1], rows.qualities is None), []).append(rows)
    kept = [rows for rows in groups if rows.tags is not None]
    for some in alike.values():
        rows = _newest_of_layouts(joined(some))
        tags = np.stack([tags_of(layout) for layout in rows.layouts.tolist()])
        kept.append(replace(rows, tags=tags))
    return kept


def _newest_of_layouts(rows: Rows) -> Rows:
    order = np.lexsort((rows.ranks, rows.times, rows.layouts))
    last = np.ones(len(order), np.bool_)
    last[:-1] = rows.layouts[order][1:] != rows.layouts[order][:-1]
    return rows.take(order[last], qualities=True)


def merge(old: State, new: State, latest_time: int) -> State:
    """`new` over `old`. latest_time: what lies after it (microseconds UTC) is in the future."""
    tags = np.union1d(old.tags, new.tags)
    if not len(old.tags):
        return new
    times = np.full(len(tags), np.iinfo(np.int64).min)
    values = np.full(len(tags), np.nan)
    qualities = np.zeros(len(tags), np.int16)
    at = np.searchsorted(tags, old.tags)
    times[at], values[at], qualities[at] = old.times, old.values, old.qualities
    at = np.searchsorted(tags, new.tags)
    wins = (new.times >= times[at]) | (times[at] > latest_time)
    at = at[wins]
    times[at], values[at], qualities[at] = new.times[wins], new.values[wins], new.qualities[wins]
    return State(old.version, tags, times, values, qualities)


class LatestWriter:
    """Keeps `historian_latest` for one connection, in its transactions. After a rollback: `forget`.

    The row's version tells whether somebody else wrote it since; then it is read anew and merged.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._states: dict[int, State] = {}

    def forget(self) -> None:
        self._states.clear()

    def write(self, fresh: dict[int, State], latest_time: int) -> None:
        """Merge `fresh`, by source, into the table. `latest_time`: as for `merge`."""
        waiting = sorted(fresh)  # one order for everybody, or two writers would deadlock
        for _ in range(_TRIES):
            unknown = [source for source in waiting if source not in self._states]
            self._states.update(dict.fromkeys(unknown, NOTHING))
            self._states.update(read_states(self._connection, unknown))
            merged = {
                source: merge(self._states[source], fresh[source], latest_time)
                for source in waiting
            }
            with self._connection.pipeline():
                cursors = {
                    source: self._put(source, self._states[source], state)
                    for source, state in merged.items()
                }
            waiting = []
            for source, cursor in cursors.items():
                if cursor.rowcount == 1:
                    old = self._states[source].version
                    version = 0 if old is None else old + 1
                    self._states[source] = replace(merged[source], version=version)
                else:
                    del self._states[source]
                    waiting.append(source)
            if not waiting:
                return
        raise psycopg.OperationalError(f"historian_latest: no turn for sources {waiting}")

    def _put(self, source: int, old: State, state: State) -> psycopg.Cursor[Any]:
        columns = (
            wire.times(state.times),
            wire.float8s(state.values),
            wire.int2s(state.qualities),
        )
        if old.version is None:
            return self._connection.execute(_INSERT, (wire.int4s(state.tags), *columns, source))
        if len(old.tags) == len(state.tags):  # merge only adds tags: as many = the same
            return self._connection.execute(_UPDATE, (*columns, source, old.version))
        tags = wire.int4s(state.tags)
        return self._connection.execute(_UPDATE_TAGS, (tags, *columns, source, old.version))


def read_states(connection: psycopg.Connection[Any], sources: Sequence[int]) -> dict[int, State]:
    """The rows of these sources that exist."""
    if not len(sources):
        return {}
    wanted = wire.int4s(np.asarray(sources, np.int32))
    rows = connection.execute(_SELECT, (wanted,), binary=True)
    return {
        source: State(
            version,
            wire.parse_array(wire.INT4, tags),
            wire.parse_array(wire.TIMESTAMPTZ, times) + wire.EPOCH_2000,
            wire.parse_array(wire.FLOAT8, values),
            wire.parse_array(wire.INT2, qualities),
        )
        for source, version, tags, times, values, qualities in rows
    }


def read_latest(
    connection: psycopg.Connection[Any],
    tags: npt.NDArray[np.int32],
    reader: Callable[[], Reader] | None = None,
) -> sdk.Batch:
    """The newest reading of each of `tags` that has one, sorted by tag, as a batch of source 0.
    Where a tag has several sources, what is ahead of this machine's clock gives way to others.

    reader: tells which arrived last of what several sources brought of one time; None = any of them
    """
    wire.register_columns(connection)
    wanted = wire.int4s(tags)
    sources = connection.execute(
        "SELECT DISTINCT source_id FROM historian_tag_source WHERE tag_id = ANY(%s)", (wanted,)
    ).fetchall()
    states = read_states(connection, [source for (source,) in sources])
    if not states:
        return sdk.Batch(0, NOTHING.tags, NOTHING.times, NOTHING.values, NOTHING.qualities)
    parts = [(s.tags, s.times, s.values, s.qualities) for s in states.values()]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    keep = np.isin(columns[0], tags)  # at once: a source at a time would sort `tags` for each
    ahead = columns[1] > time.time_ns() // 1000 + _AHEAD
    if ahead.any():
        keep &= ~ahead | ~np.isin(columns[0], columns[0][~ahead])
    tag, at, value, code = (column[keep] for column in columns)
    found = _reduce([(tag, at, np.zeros(len(tag), np.int64), value, code)])
    if reader is not None:
        _take_last_arrived(found, (tag, at, value, code), reader)
    return sdk.Batch(0, found.tags, found.times, found.values, found.qualities)


def _take_last_arrived(
    found: State, columns: tuple[npt.NDArray[Any], ...], reader: Callable[[], Reader]
) -> None:
    """Put into `found` what is stored, of tags with other readings at the same time among
    `columns`: tags, times, values, qualities."""
    tags, times, values, codes = columns
    place = np.searchsorted(found.tags, tags)
    other = values.view(np.int64) != found.values[place].view(np.int64)
    other |= codes != found.qualities[place]
    for row in np.unique(place[other & (times == found.times[place])]).tolist():
        stored = reader().before(int(found.tags[row]), int(found.times[row]))
        if stored.times.tolist() == [found.times[row]]:
            found.values[row], found.qualities[row] = stored.values[0], stored.qualities[0]


def _reduce(parts: Sequence[tuple[Any, ...]]) -> State:
    """(tags, times, ranks, values, qualities) of one source to the last of each tag."""
    tags, times, ranks, values, qualities = (
        np.concatenate([part[column] for part in parts]) for column in range(5)
    )
    order = np.lexsort((ranks, times, tags))
    last = np.ones(len(order), np.bool_)
    last[:-1] = tags[order][1:] != tags[order][:-1]
    keep = order[last]
    return State(None, tags[keep], times[keep], values[keep], qualities[keep])
