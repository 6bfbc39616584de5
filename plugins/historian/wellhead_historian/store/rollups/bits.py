"""Columns of whole numbers, each number in as many bits as its column needs.

A row of minutes has 60 numbers a column. Deflate needs a code of some 30 bytes for each column,
which so few numbers do not earn back; heights above the lowest, bit after bit, are smaller, and all
rows and columns are taken at once.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.codec import CodecError
from wellhead_historian.store.rollups.summary import Int64s, first_of_each

Words = npt.NDArray[np.uint64]
_ONES = np.array([(1 << width) - 1 for width in range(65)], np.uint64)
_POWERS = np.array([1 << place for place in range(64)], np.uint64)


def encode(columns: Int64s) -> list[bytes]:
    """Each row of int64[r, c, n], n >= 1: for each column the bits of its lowest number and those
    of a height above it, a byte each, then of each column the lowest, zigzag, and n heights."""
    lowest, widths = _measured(columns)
    heights = columns.view(np.uint64) - lowest.view(np.uint64)[:, :, None]
    numbers = np.concatenate([_zigzag(lowest)[:, :, None], heights], axis=2)
    rows = _pack(numbers.reshape(len(columns), -1), _of_each(widths, columns.shape[2]))
    heads = widths.astype(np.uint8)
    return [head.tobytes() + row for head, row in zip(heads, rows, strict=True)]


def decode(rows: Sequence[bytes], count: int, n: int) -> Int64s:
    """The int64[r, count, n] that `encode` made these rows of. Raises CodecError for others."""
    head = 2 * count
    if any(len(row) < head for row in rows):
        raise CodecError("a row of roll-ups ends too early")
    heads = np.frombuffer(b"".join(row[:head] for row in rows), np.uint8)
    widths = heads.reshape(len(rows), count, 2).astype(np.int64)
    if (widths > 64).any():
        raise CodecError("a row of roll-ups has no such numbers")
    numbers = _unpack([row[head:] for row in rows], _of_each(widths, n))
    shaped = numbers.reshape(len(rows), count, n + 1)
    bases = shaped[:, :, :1]
    lowest = (bases >> np.uint64(1)) ^ (~(bases & np.uint64(1)) + np.uint64(1))
    return (lowest + shaped[:, :, 1:]).view(np.int64)


def sizes(columns: Int64s) -> Int64s:
    """How many bits each row needs."""
    _, widths = _measured(columns)
    found: Int64s = widths.sum(axis=1) @ np.array([1, columns.shape[2]])
    return found


def _measured(columns: Int64s) -> tuple[Int64s, Int64s]:
    """The lowest number of each column, and the bits of that and of a height, int64[r, c, 2]."""
    lowest = columns.min(axis=2)
    highest = columns.max(axis=2).view(np.uint64) - lowest.view(np.uint64)
    return lowest, np.stack([_bit_length(_zigzag(lowest)), _bit_length(highest)], axis=2)


def _zigzag(numbers: Int64s) -> Words:
    return ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)


def _of_each(widths: Int64s, n: int) -> Int64s:
    """int64[r, c * (n + 1)]: the bits of each number of rows. widths: int64[r, c, 2]"""
    each = np.repeat(widths, [1, n], axis=2)
    return each.reshape(len(widths), -1)


def _bit_length(numbers: Words) -> Int64s:
    return np.searchsorted(_POWERS, numbers, side="right")


def _pack(numbers: Words, widths: Int64s) -> list[bytes]:
    """Each row of uint64[r, m], number after number, the lowest bit first."""
    ends = np.cumsum(widths, axis=1)
    stride = int(ends[:, -1].max(initial=0)) // 64 + 2
    starts = ends - widths
    shift = (starts & 63).astype(np.uint64)
    place = ((starts >> 6) + np.arange(len(numbers))[:, None] * stride).reshape(-1)
    words = np.zeros(len(numbers) * stride, np.uint64)
    at = first_of_each(place)
    if len(at):
        words[place[at]] = np.bitwise_or.reduceat((numbers << shift).reshape(-1), at)
    over = np.flatnonzero((starts & 63) + widths > 64)  # at most one number a word
    words[place[over] + 1] |= numbers.flat[over] >> (np.uint64(64) - shift.flat[over])
    data = words.astype("<u8").view(np.uint8).reshape(len(numbers), -1)
    lengths = (ends[:, -1] + 7) // 8
    return [row[:length].tobytes() for row, length in zip(data, lengths.tolist(), strict=True)]


def _unpack(rows: Sequence[bytes], widths: Int64s) -> Words:
    ends = np.cumsum(widths, axis=1)
    lengths = (ends[:, -1] + 7) // 8
    if [len(row) for row in rows] != lengths.tolist():
        raise CodecError("a row of roll-ups has another length")
    stride = int(lengths.max(initial=0)) + 9
    data: Any = np.frombuffer(b"".join(row.ljust(stride, b"\0") for row in rows), np.uint8)
    starts = ends - widths + np.arange(len(rows))[:, None] * (8 * stride)
    at, shift = starts >> 3, (starts & 7).astype(np.uint64)
    windows: Any = np.ndarray(max(len(data) - 7, 0), "<u8", data, strides=(1,))
    numbers = windows[at] >> shift
    if widths.max(initial=0) > 56:  # a ninth byte
        numbers |= data[at + 8].astype(np.uint64) << np.uint64(1) << (np.uint64(63) - shift)
    found: Words = numbers & _ONES[widths]
    return found
