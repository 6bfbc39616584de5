"""Hot rows as numpy columns: whole arrays joined into one value by the server, cut up by numpy.

A row of a wide layout is read as columns of the tags that are asked for; every other row becomes
loose readings. Each answer carries the rows' sequence numbers, since only what was read may be
deleted: a number that is lower than some of these can be committed later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.store import wire
from wellhead_historian.store.packing.panels import Loose, Panel

NARROW = 8
"""A layout of fewer tags is read as loose readings: a statement of its own would cost more."""

_LAYOUTS = """
SELECT l.id, array_send(l.tags), count(*)
FROM historian_hot h JOIN historian_layout l ON l.id = h.layout_id
WHERE h.source_id = ANY(%(sources)s) AND h.ts >= (%(bounds)s)[1] AND h.ts < (%(bounds)s)[2]
  AND h.tags IS NULL AND cardinality(l.tags) >= %(narrow)s::int
GROUP BY l.id ORDER BY l.id
"""
# Every aggregate of one statement takes the rows in the same order, whichever that is.
_SCANS = """
SELECT string_agg(int8send(seq) || timestamptz_send(ts)
                  || array_send(value[%(low)s::int:%(high)s::int]), ''),
       string_agg(int8send(seq) || array_send(quality[%(low)s::int:%(high)s::int]), '')
FROM historian_hot
WHERE source_id = ANY(%(sources)s) AND ts >= (%(bounds)s)[1] AND ts < (%(bounds)s)[2]
  AND layout_id = %(layout)s::int AND tags IS NULL
"""
_LOOSE = """
SELECT string_agg(int8send(h.seq) || timestamptz_send(h.ts) || int4send(cardinality(h.value))
                  || int4send((h.quality IS NOT NULL)::int4), ''),
       string_agg(array_send(coalesce(h.tags, l.tags)), ''),
       string_agg(array_send(h.value), ''),
       string_agg(array_send(h.quality), '')
FROM historian_hot h LEFT JOIN historian_layout l ON l.id = h.layout_id
WHERE h.source_id = ANY(%(sources)s) AND h.ts >= (%(bounds)s)[1] AND h.ts < (%(bounds)s)[2]
  AND (h.tags IS NOT NULL OR cardinality(l.tags) < %(narrow)s::int)
"""
_HEAD = np.dtype([("seq", ">i8"), ("ts", ">i8"), ("width", ">i4"), ("rated", ">i4")])


@dataclass(frozen=True, slots=True)
class Span:
    """Hot rows: of these sources, with start <= time < end, microseconds since 1970 UTC."""

    sources: Sequence[int]
    start: int
    end: int

    def parameters(self) -> dict[str, Any]:
        bounds = np.array([self.start, self.end], np.int64)
        return {
            "sources": wire.int4s(np.array(self.sources, np.int32)),
            "bounds": wire.times(bounds),
            "narrow": NARROW,
        }


@dataclass(frozen=True, slots=True)
class WideLayout:
    """A layout that rows of a span follow, and how many do."""

    id: int
    tags: npt.NDArray[np.int32]
    rows: int


def wide_layouts(connection: psycopg.Connection[Any], span: Span) -> list[WideLayout]:
    """Those with at least NARROW tags, by id."""
    rows = connection.execute(_LAYOUTS, span.parameters(), binary=True)
    return [WideLayout(id_, wire.parse_array(wire.INT4, tags), n) for id_, tags, n in rows]


def read_scans(
    connection: psycopg.Connection[Any],
    span: Span,
    layout: WideLayout,
    tags: npt.NDArray[np.int32],
) -> Panel | None:
    """The readings of those of `tags` that the layout has, in order of arrival; None when it has
    none of them."""
    columns = np.flatnonzero(np.isin(layout.tags, tags))
    if not len(columns):
        return None
    low, high = int(columns[0]), int(columns[-1]) + 1
    row = connection.execute(
        _SCANS,
        {**span.parameters(), "layout": layout.id, "low": low + 1, "high": high},
        binary=True,
    ).fetchone()
    assert row is not None
    record = np.dtype([("seq", ">i8"), ("ts", ">i8"), *_items(wire.FLOAT8, high - low)])
    scans = np.frombuffer(row[0] or b"", record)
    order = np.argsort(scans["seq"])
    seqs = scans["seq"][order].astype(np.int64)
    values = np.ascontiguousarray(scans["item"]["value"][order][:, columns - low].T, np.float64)
    qualities = None
    if row[1]:
        rated = np.frombuffer(row[1], np.dtype([("seq", ">i8"), *_items(wire.INT2, high - low)]))
        qualities = np.full(values.shape, sdk.quality.GOOD, np.int16)
        at = np.searchsorted(seqs, rated["seq"].astype(np.int64))
        qualities[:, at] = rated["item"]["value"][:, columns - low].T
    times = scans["ts"][order].astype(np.int64) + wire.EPOCH_2000
    return Panel(layout.tags[columns], times, seqs, values, qualities)


def read_loose(connection: psycopg.Connection[Any], span: Span) -> Loose:
    """The readings of all rows that carry their tags or follow a narrow layout."""
    row = connection.execute(_LOOSE, span.parameters(), binary=True).fetchone()
    assert row is not None
    heads = np.frombuffer(row[0] or b"", _HEAD)
    widths = heads["width"].astype(np.int64)
    rated = np.repeat(heads["rated"] != 0, widths)
    qualities = np.full(len(rated), sdk.quality.GOOD, np.int16)
    qualities[rated] = _elements(wire.INT2, row[3], widths[heads["rated"] != 0])
    return Loose(
        tags=_elements(wire.INT4, row[1], widths),
        times=np.repeat(heads["ts"].astype(np.int64) + wire.EPOCH_2000, widths),
        seqs=np.repeat(heads["seq"].astype(np.int64), widths),
        values=_elements(wire.FLOAT8, row[2], widths),
        qualities=qualities,
    )


def _items(element: wire.Element, width: int) -> list[Any]:
    return [("head", wire.HEADER), ("item", element.item, (width,))]


def _elements(
    element: wire.Element, data: bytes | None, widths: npt.NDArray[np.int64]
) -> npt.NDArray[Any]:
    """The elements of arrays of these lengths that stand one after the other."""
    item = element.item.itemsize
    starts = np.cumsum(wire.HEADER.itemsize + widths * item) - widths * item
    within = np.arange(widths.sum()) - np.repeat(np.cumsum(widths) - widths, widths)
    at = np.repeat(starts, widths) + within * item + 4
    size = element.dtype.itemsize
    raw = np.frombuffer(data or b"", np.uint8)
    cells = np.empty((len(at), size), np.uint8)
    for place in range(size):  # all at once would need an index of 8 bytes for each byte
        cells[:, place] = raw[at + place]
    found: npt.NDArray[Any] = cells.view(element.dtype)[:, 0]
    return found.astype(element.dtype.newbyteorder("="))
