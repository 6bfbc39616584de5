"""What a row of historian_rollup holds: the buckets of one tag in one span of one level.

A row of minutes spans an hour, one of hours a day, one of days 32 days. A row of hours or days is
read a thousand at a time, so its columns are plain numbers that numpy takes many rows of at once.
Rows of minutes are by far the most bytes: their floats go through the codec of readings, and their
sums are kept to 12 digits of the largest that they may be. docs/historian.md has the format.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.codec import CodecError, decode_floats, encode_columns
from wellhead_historian.store.interface import Buckets, Level
from wellhead_historian.store.rollups.summary import SECOND, Float64s, Int64s, microseconds
from wellhead_historian.store.wire import TIME_MIN

NUMBERS = {Level.MINUTE: 1, Level.HOUR: 2, Level.DAY: 3}
"""What stands in historian_rollup.level."""

SPANS = {Level.MINUTE: int(Level.HOUR), Level.HOUR: int(Level.DAY), Level.DAY: 32 * Level.DAY}
"""Microseconds that a row of each level is about; it begins at a multiple of them since 1970."""

_VERSION = 1
_HEAD = struct.Struct("<BH")  # version, number of buckets; then a byte a column
_INTS = 9
_FLOATS = ("minimum", "maximum", "total", "first", "last", "step", "linear")
_EXTREMES = ("minimum", "maximum", "first", "last")
_CONSTANT = 0x80
"""In a column's byte: one number stands for all; the other bits are bytes a number, 0 = all 0."""
_SIZES = struct.Struct("<HHHH")  # of the codec's columns in a row of minutes
_DIGITS = 12
_MOST_PLACES = 9  # the codec knows no more decimals

Matrix = dict[str, npt.NDArray[Any]]
"""Columns of `Buckets` as [rows, buckets of each], all rows with the same number of buckets."""


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
        tails: Sequence[bytes] = [b""] * len(rows)
        if level == Level.MINUTE:
            tails = _encode_sums(matrix)
        else:
            columns += [matrix[name].view(np.int64) for name in _FLOATS]
        for row, head, tail in zip(rows.tolist(), _encode_columns(columns), tails, strict=True):
            found[row] = _HEAD.pack(_VERSION, size) + head + tail
    return found


def decode(level: Level, begins: Int64s, rows: Sequence[bytes]) -> tuple[Buckets, Int64s]:
    """(buckets, how many of each row) of rows that begin at `begins`, in their order. Raises
    CodecError for bytes that are no such row."""
    count = _INTS if level == Level.MINUTE else _INTS + len(_FLOATS)
    length = _HEAD.size + count
    if any(len(row) < length or row[0] != _VERSION for row in rows):
        raise CodecError("these are no roll-ups of this version")
    sizes = np.array([_HEAD.unpack_from(row)[1] for row in rows], np.int64)
    offsets = np.cumsum(sizes) - sizes
    flat: dict[str, Any] = {name: np.empty(sizes.sum(), kind) for name, kind in _kinds()}
    alike: dict[bytes, list[int]] = {}
    for place, row in enumerate(rows):
        alike.setdefault(row[:length], []).append(place)
    for head, members in alike.items():
        size = _HEAD.unpack_from(head)[1]
        kinds = head[_HEAD.size :]
        columns, end = _decode_columns([rows[place] for place in members], length, kinds, size)
        matrix = _from_ints(columns, begins[members, None], level)
        if level == Level.MINUTE:
            _decode_sums(matrix, [rows[place][end:] for place in members], size)
        else:
            floats = zip(_FLOATS, columns[_INTS:], strict=True)
            matrix |= {name: column.view(np.float64) for name, column in floats}
        places = offsets[members, None] + np.arange(size)
        for name, column in matrix.items():
            flat[name][places] = column
    return Buckets(**flat), sizes


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


# --- floats of minutes ----------------------------------------------------------------------------


def _encode_sums(matrix: Matrix) -> list[bytes]:
    """For each row the codec's columns: the values that occurred, the total, and how far the two
    integrals are from those of readings that are equally far apart, which is 0 for most."""
    with np.errstate(over="ignore", invalid="ignore"):
        peak = np.fmax(np.abs(matrix["minimum"]), np.abs(matrix["maximum"]))
        peak = np.where(np.isfinite(peak), peak, 0.0)
        total = _rounded(matrix["total"], peak * matrix["usable"])
        rounded = {**matrix, "total": total}
        step, linear = _expected(rounded)
        columns = [
            np.concatenate([matrix[name] for name in _EXTREMES], axis=1),
            total,
            _rounded(matrix["step"] - step, peak * matrix["step_covered"]),
            _rounded(matrix["linear"] - linear, peak * matrix["linear_covered"]),
        ]
    encoded = zip(*map(encode_columns, columns), strict=True)
    return [_SIZES.pack(*map(len, parts)) + b"".join(parts) for parts in encoded]


def _decode_sums(matrix: Matrix, tails: Sequence[bytes], size: int) -> None:
    found: list[list[Float64s]] = [[], [], [], []]
    for tail in tails:
        if len(tail) < _SIZES.size:
            raise CodecError("a row of roll-ups ends too early")
        at = _SIZES.size
        for place, length in enumerate(_SIZES.unpack_from(tail)):
            numbers = size if place else size * len(_EXTREMES)
            found[place].append(decode_floats(tail[at : at + length], numbers))
            at += length
    extremes, total, step, linear = map(np.stack, found)
    for place, name in enumerate(_EXTREMES):
        matrix[name] = extremes[:, place * size : (place + 1) * size]
    matrix["total"] = total
    with np.errstate(over="ignore", invalid="ignore"):
        expected = _expected(matrix)
        matrix["step"], matrix["linear"] = step + expected[0], linear + expected[1]


def _expected(matrix: Matrix) -> tuple[Float64s, Float64s]:
    """The integrals, [r, n] each, if all readings are usable and equally far apart."""
    gap = matrix["step_covered"] / np.maximum(matrix["count"] - 1, 1)
    step = gap * (matrix["total"] - matrix["last"])
    linear = gap * (matrix["total"] - (matrix["first"] + matrix["last"]) / 2)
    return np.where(np.isfinite(step), step, 0.0), np.where(np.isfinite(linear), linear, 0.0)


def _rounded(sums: Float64s, largest: Float64s) -> Float64s:
    """`sums`, [r, n], to as many places as leave 12 digits of the `largest` that each may be; as
    they are where the codec knows no such number of places."""
    exponents = np.ceil(np.log10(np.maximum(largest, 1e-300)))
    scale = 10.0 ** np.minimum(_DIGITS - exponents, _MOST_PLACES)
    rounded = np.rint(sums * scale) / scale
    fits = (exponents >= _DIGITS - _MOST_PLACES) & np.isfinite(rounded)
    return np.where(fits, rounded, sums)
