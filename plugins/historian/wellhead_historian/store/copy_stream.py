"""Rows of the hot table as one stream for `COPY … FROM STDIN (FORMAT BINARY)`, built by numpy.

Every row of a group has the same size, so a group is one structured array filled column by column:
that is what makes the stream cost about a memory copy. Format: PostgreSQL manual, COPY, "Binary
Format": signature, flags, extension length; a row is an int2 field count, then for each field an
int4 length (-1 = null) and the value; an int2 of -1 ends the stream.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.rows import NO_LAYOUT, Rows
from wellhead_historian.store.wire import (
    EPOCH_2000,
    FLOAT8,
    HEADER,
    INT2,
    INT4,
    Element,
    check_times,
)

COPY_HOT = (
    "COPY historian_hot (source_id, layout_id, ts, tags, value, quality) FROM STDIN (FORMAT BINARY)"
)
START = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_FIELDS = 6


def copy_rows(groups: Sequence[Rows]) -> Any:
    """The buffer of all rows of `groups` in order of their ranks, without START and END."""
    if len(groups) == 1 and _ascending(groups[0].ranks):
        return memoryview(_records(groups[0]).data).cast("B")
    pieces: list[Any] = []
    ranks: list[npt.NDArray[np.int64]] = []
    for rows in groups:
        data = memoryview(_records(rows).data).cast("B")
        size = len(data) // max(len(rows.ranks), 1)
        pieces.extend(data[at : at + size] for at in range(0, len(data), max(size, 1)))
        ranks.append(rows.ranks)
    order = np.argsort(np.concatenate(ranks)).tolist() if ranks else []
    return b"".join(pieces[place] for place in order)


def _ascending(ranks: npt.NDArray[np.int64]) -> bool:
    return bool((ranks[1:] > ranks[:-1]).all())


def _records(rows: Rows) -> npt.NDArray[np.void]:
    """One record a row, as bytes void[k], contiguous."""
    check_times(rows.times)
    template = _template(rows.values.shape[1], rows.tags is None, rows.qualities is not None)
    record = np.empty(len(rows.ranks), template.dtype)
    whole = np.dtype((np.void, record.dtype.itemsize))
    record.view(whole)[:] = template.view(whole)  # faster than filling in each length
    record["source"] = rows.sources
    record["ts"] = rows.times - EPOCH_2000
    record["value"]["value"] = rows.values
    if rows.tags is None:
        record["layout"] = rows.layouts
    else:
        if not (rows.layouts == NO_LAYOUT).all():
            raise ValueError("rows that carry tags have no layout")
        record["tags"]["value"] = rows.tags
    if rows.qualities is not None:
        record["quality"]["value"] = rows.qualities
    return record.view(whole)


@lru_cache(64)
def _template(width: int, with_layout: bool, with_quality: bool) -> npt.NDArray[Any]:
    """One row of so many readings with everything that is the same in all such rows."""
    record = np.zeros(1, _row_type(width, with_layout, with_quality))
    record["fields"] = _FIELDS
    record["source_size"], record["ts_size"] = 4, 8
    record["layout_size"] = 4 if with_layout else -1
    record["tags_size"] = record["quality_size"] = -1
    _array(record, "value", FLOAT8)
    if not with_layout:
        _array(record, "tags", INT4)
    if with_quality:
        _array(record, "quality", INT2)
    return record


def _row_type(width: int, with_layout: bool, with_quality: bool) -> np.dtype[Any]:
    def array(name: str, element: Element) -> list[Any]:
        return [(f"{name}_size", ">i4"), (f"{name}_head", HEADER), (name, element.item, (width,))]

    fields: list[Any] = [("fields", ">i2"), ("source_size", ">i4"), ("source", ">i4")]
    fields += [("layout_size", ">i4"), *([("layout", ">i4")] if with_layout else [])]
    fields += [("ts_size", ">i4"), ("ts", ">i8")]
    fields += [("tags_size", ">i4")] if with_layout else array("tags", INT4)
    fields += array("value", FLOAT8)
    fields += array("quality", INT2) if with_quality else [("quality_size", ">i4")]
    return np.dtype(fields)


def _array(record: npt.NDArray[Any], name: str, element: Element) -> None:
    width = record[name].shape[1]
    record[f"{name}_size"] = HEADER.itemsize + width * element.item.itemsize
    record[f"{name}_head"] = (1, 0, element.oid, width, 1)
    record[name]["size"] = element.dtype.itemsize
