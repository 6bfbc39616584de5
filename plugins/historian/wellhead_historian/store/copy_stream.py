"""Rows of the hot table as one stream for `COPY … FROM STDIN (FORMAT BINARY)`, built by numpy.

Every row of a group has the same size, so a group is one structured array filled column by column:
that is what makes the stream cost about a memory copy. Format: PostgreSQL manual, COPY, "Binary
Format": signature, flags, extension length; a row is an int2 field count, then for each field an
int4 length (-1 = null) and the value; an int2 of -1 ends the stream.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.scans import NO_LAYOUT, Rows
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
    width = rows.values.shape[1]
    with_layout = rows.tags is None
    check_times(rows.times)
    record = np.empty(len(rows.ranks), _row_type(width, with_layout, rows.qualities is not None))
    record["fields"] = _FIELDS
    _scalar(record, "source", rows.sources)
    if with_layout:
        _scalar(record, "layout", rows.layouts)
        record["tags_size"] = -1
    else:
        if not (rows.layouts == NO_LAYOUT).all():
            raise ValueError("rows that carry tags have no layout")
        record["layout_size"] = -1
        _array(record, "tags", INT4, rows.tags)
    record["ts_size"] = 8
    record["ts"] = rows.times - EPOCH_2000
    _array(record, "value", FLOAT8, rows.values)
    if rows.qualities is None:
        record["quality_size"] = -1
    else:
        _array(record, "quality", INT2, rows.qualities)
    return record.view(np.dtype((np.void, record.dtype.itemsize)))


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


def _scalar(record: npt.NDArray[Any], name: str, values: npt.NDArray[np.int32]) -> None:
    record[f"{name}_size"] = 4
    record[name] = values


def _array(
    record: npt.NDArray[Any], name: str, element: Element, values: npt.NDArray[Any] | None
) -> None:
    assert values is not None
    width = values.shape[1]
    record[f"{name}_size"] = HEADER.itemsize + width * element.item.itemsize
    head = record[f"{name}_head"]
    head["ndim"], head["flags"], head["oid"], head["length"], head["lower"] = (
        1,
        0,
        element.oid,
        width,
        1,
    )
    record[name]["size"] = element.dtype.itemsize
    record[name]["value"] = values
