"""What a row of historian_rollup holds: the buckets of one tag in one span of one level.

A row of minutes spans an hour, one of hours a day, one of days 32 days. A row of hours or days is
read a thousand at a time, so its columns are plain numbers that numpy takes many rows of at once.
Rows of minutes are by far the most bytes, and have a form of their own: minutes.py.
docs/historian.md has the format.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.codec import CodecError
from wellhead_historian.store.interface import Buckets, Level
from wellhead_historian.store.rollups import first_version, minutes
from wellhead_historian.store.rollups.minutes import Matrix
from wellhead_historian.store.rollups.summary import SECOND, Int64s, microseconds
from wellhead_historian.store.wire import TIME_MIN

NUMBERS = {Level.MINUTE: 1, Level.HOUR: 2, Level.DAY: 3}
"""What stands in historian_rollup.level."""

SPANS = {Level.MINUTE: int(Level.HOUR), Level.HOUR: int(Level.DAY), Level.DAY: 32 * Level.DAY}
"""Microseconds that a row of each level is about; it begins at a multiple of them since 1970."""

_VERSION = 1
_HEAD = struct.Struct("<BH")  # version, number of buckets; then a byte a column
_INTS = 9
_FLOATS = ("minimum", "maximum", "total", "first", "last", "step", "linear")
_CONSTANT = 0x80
"""In a column's byte: one number stands for all; the other bits are bytes a number, 0 = all 0."""


def row_of(level: Level, time: int) -> int:
    """When the row begins that has the bucket of this time. The first span of days that PostgreSQL
    can name is cut short."""
    return max(time // SPANS[level] * SPANS[level], TIME_MIN)


def encode(level: Level, begins: Int64s, at: Int64s, buckets: Buckets) -> list[bytes]:
    """The rows that begin at `begins`, int64[r]; the buckets of row i are those from `at[i]` on to
    those of the next row."""
    sizes = np.diff(at, append=len(buckets))
    found: list[bytes] = [b""] * len(at)
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        places = at[rows, None] + np.arange(size)
        matrix = {name: getattr(buckets, name)[places] for name in Buckets.__slots__}
        columns = _ints(matrix, begins[rows, None], level)
        if level == Level.MINUTE:
            data = minutes.encode(np.stack(columns, axis=1), matrix)
        else:
            columns += [matrix[name].view(np.int64) for name in _FLOATS]
            head = _HEAD.pack(_VERSION, size)
            data = [head + row for row in _encode_columns(columns)]
        for row, row_data in zip(rows.tolist(), data, strict=True):
            found[row] = row_data
    return found


def decode(level: Level, begins: Int64s, rows: Sequence[bytes]) -> tuple[Buckets, Int64s]:
    """(buckets, how many of each row) of rows that begin at `begins`, in their order. Raises
    CodecError for bytes that are no such row."""
    alike: dict[bytes, list[int]] = {}
    for place, row in enumerate(rows):
        alike.setdefault(_key(level, row), []).append(place)
    sizes = np.array([_HEAD.unpack_from(row)[1] for row in rows], np.int64)
    if (sizes > SPANS[level] // level).any():
        raise CodecError("a row of roll-ups has too many buckets")
    offsets = np.cumsum(sizes) - sizes
    flat: dict[str, Any] = {name: np.empty(sizes.sum(), kind) for name, kind in _kinds()}
    for key, members in alike.items():
        some = [rows[place] for place in members]
        if key[0] == _VERSION:
            matrix = _decode_plain(level, begins[members, None], key, some)
        else:
            kept = minutes.decode(some, _INTS)
            columns = list(kept.ints.swapaxes(0, 1))
            matrix = kept.values(_from_ints(columns, begins[members, None], level))
        places = offsets[members, None] + np.arange(_HEAD.unpack_from(key)[1])
        for name, column in matrix.items():
            flat[name][places] = column
    return Buckets(**flat), sizes


def _key(level: Level, row: bytes) -> bytes:
    """What rows have in common that are decoded together: version, size, and what follows."""
    length = _HEAD.size
    if row[:1] == bytes([_VERSION]):
        length += _INTS if level == Level.MINUTE else _INTS + len(_FLOATS)
    elif level != Level.MINUTE or row[:1] != bytes([minutes.VERSION]):
        raise CodecError("these are no roll-ups of a version that is known")
    if len(row) < length:
        raise CodecError("a row of roll-ups ends too early")
    return row[:length]


def _decode_plain(level: Level, begins: Int64s, head: bytes, rows: Sequence[bytes]) -> Matrix:
    """Of rows of version 1 with the same head."""
    size = _HEAD.unpack_from(head)[1]
    columns, end = _decode_columns(rows, len(head), head[_HEAD.size :], size)
    matrix = _from_ints(columns, begins, level)
    if level == Level.MINUTE:
        return matrix | first_version.sums(matrix, [row[end:] for row in rows], size)
    floats = zip(_FLOATS, columns[_INTS:], strict=True)
    return matrix | {name: column.view(np.float64) for name, column in floats}


def _kinds() -> Iterator[tuple[str, Any]]:
    integers = ("starts", "count", "good", "usable", "first_time", "last_time")
    for name in Buckets.__slots__:
        flag = name in ("first_usable", "last_usable")
        yield name, np.bool_ if flag else np.int64 if name in integers else np.float64


# --- whole numbers: as differences that are 0 or the same in most rows ----------------------------


def _ints(matrix: Matrix, begins: Int64s, level: Level) -> list[npt.NDArray[np.int64]]:
    size = matrix["starts"].shape[1]
    stepped = microseconds(matrix["step_covered"])
    span = matrix["last_time"] - matrix["first_time"]
    return [
        (matrix["starts"] - begins) // level - np.arange(size),
        matrix["count"],
        matrix["count"] - matrix["good"],
        matrix["count"] - matrix["usable"],
        matrix["first_time"] - matrix["starts"],
        span,
        span - stepped,
        stepped - microseconds(matrix["linear_covered"]),
        matrix["first_usable"] + 2 * matrix["last_usable"].astype(np.int64),
    ]


def _from_ints(columns: Sequence[npt.NDArray[np.int64]], begins: Int64s, level: Level) -> Matrix:
    index, count, poor, useless, offset, span, unknown, bent, flags = columns[:_INTS]
    starts = begins + (index + np.arange(index.shape[1])) * level
    return {
        "starts": starts,
        "count": count,
        "good": count - poor,
        "usable": count - useless,
        "first_time": starts + offset,
        "last_time": starts + offset + span,
        "first_usable": (flags & 1) > 0,
        "last_usable": (flags & 2) > 0,
        "step_covered": (span - unknown) / SECOND,
        "linear_covered": (span - unknown - bent) / SECOND,
    }


# --- columns of plain numbers ---------------------------------------------------------------------


def _encode_columns(columns: Sequence[npt.NDArray[np.int64]]) -> list[bytes]:
    """For each row of these columns [r, n] a byte a column and their numbers, in the fewest bytes
    of 0, 1, 2, 4, 8 that hold them."""
    low = np.stack([column.min(axis=1) for column in columns], axis=1)
    high = np.stack([column.max(axis=1) for column in columns], axis=1)
    kinds = np.full(low.shape, 8, np.uint8)
    for width in (4, 2, 1):
        most = 1 << (8 * width - 1)
        kinds[(low >= -most) & (high < most)] = width
    kinds[(low == 0) & (high == 0)] = 0
    kinds[low == high] |= _CONSTANT
    heads = [row.tobytes() for row in kinds]
    found = [b""] * len(heads)
    alike: dict[bytes, list[int]] = {}
    for place, head in enumerate(heads):
        alike.setdefault(head, []).append(place)
    for head, members in alike.items():
        pieces = [np.empty((len(members), 0), np.uint8)]
        for column, kind in zip(columns, head, strict=True):
            numbers = column[members, :1] if kind & _CONSTANT else column[members]
            if width := kind & ~_CONSTANT:
                pieces.append(numbers.astype(f"<i{width}").view(np.uint8))
        for place, row in zip(members, np.concatenate(pieces, axis=1), strict=True):
            found[place] = head + row.tobytes()
    return found


def _decode_columns(
    rows: Sequence[bytes], start: int, kinds: bytes, size: int
) -> tuple[list[npt.NDArray[np.int64]], int]:
    """(columns [r, n] of rows with the same kinds, where these end)."""
    layout = [(kind & ~_CONSTANT, 1 if kind & _CONSTANT else size) for kind in kinds]
    end = start + sum(width * numbers for width, numbers in layout)
    if any(len(row) < end for row in rows) or any(
        width not in (0, 1, 2, 4, 8) for width, _ in layout
    ):
        raise CodecError("a row of roll-ups ends too early")
    data = np.frombuffer(b"".join(row[start:end] for row in rows), np.uint8).reshape(len(rows), -1)
    columns, at = [], 0
    for width, numbers in layout:
        piece = data[:, at : at + width * numbers]
        at += width * numbers
        column = np.zeros((len(rows), size), np.int64)
        if width:
            column[:] = np.ascontiguousarray(piece).view(f"<i{width}")
        columns.append(column)
    return columns, end
