"""Columns of readings as few bytes, bit-exact, and back. docs/historian.md has the format.

What a field instrument sends has few decimals, so a column becomes whole numbers where all but a
few of its values allow it, else the bits of floats, of 32 bits where those are enough; words.py
makes them small.

Every decoder takes any bytes: what is not a column of that length raises CodecError, and costs no
more memory than such a column.
"""

import struct
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.decimals import (
    MOST_DECIMALS,
    MULTIPLIED,
    Floats,
    Ints,
    decimals_of,
    differ,
    from_integers,
    to_integers,
)
from wellhead_historian.store.words import CodecError, Words, decode_words, encode_words

__all__ = [
    "CodecError",
    "decode_floats",
    "decode_ints",
    "decode_times",
    "encode_columns",
    "encode_floats",
    "encode_ints",
    "encode_times",
]


class _Kind(IntEnum):
    """The first byte of a column."""

    CONSTANT = 0
    FLOAT64 = 1
    FLOAT32 = 2
    DECIMAL = 3
    PATCHED = 4
    INTEGER = 5
    TIME = 6


_PATCHES = 8
"""A column may have one reading in so many that its decimals do not give, such as NaN."""
_CHUNK = 1 << 16
"""Values that are encoded together: what they need lies in the processor's cache."""
_TWO = struct.Struct("<qq")
_PATCH = struct.Struct("<BIII")  # kind; how many, bytes of their places, bytes of their values


def encode_floats(values: Floats) -> bytes:
    """The column float64[n], NaN payloads, -0.0 and infinities included."""
    return encode_columns(values[None])[0]


def encode_columns(values: Floats) -> list[bytes]:
    """Each row of float64[k, n] as `encode_floats` does, many together in less time."""
    count, length = values.shape
    if not length:
        return [_constant(b"\0" * 8)] * count
    rows = max(1, _CHUNK // length)
    found: list[bytes] = []
    for at in range(0, count, rows):
        found += _encode_chunk(np.ascontiguousarray(values[at : at + rows], np.float64))
    return found


def decode_floats(data: bytes, n: int) -> Floats:
    """The float64[n] that `encode_floats` made these bytes of. Raises CodecError."""
    kind, body = _kind(data)
    if kind == _Kind.CONSTANT:
        return _decode_constant(body, n).view(np.float64)
    if kind == _Kind.FLOAT64:
        return decode_words(body, n, np.uint64).view(np.float64)
    if kind == _Kind.FLOAT32:
        with np.errstate(invalid="ignore"):
            return decode_words(body, n, np.uint32).view(np.float32).astype(np.float64)
    if kind == _Kind.DECIMAL:
        return _decode_decimal(body, n)
    if kind == _Kind.PATCHED:
        return _decode_patched(data, n)
    raise CodecError(f"a column of kind {kind} has no floats")


def encode_ints(values: Ints) -> bytes:
    """The column int64[n]."""
    words = values.astype(np.int64).view(np.uint64)
    if not len(words) or (words == words[0]).all():
        return _constant(words[:1].tobytes() or b"\0" * 8)
    return bytes([_Kind.INTEGER]) + encode_words(words[None])[0]


def decode_ints(data: bytes, n: int) -> Ints:
    """The int64[n] that `encode_ints` made these bytes of. Raises CodecError."""
    kind, body = _kind(data)
    if kind == _Kind.CONSTANT:
        return _decode_constant(body, n).view(np.int64)
    if kind == _Kind.INTEGER:
        return decode_words(body, n, np.uint64).view(np.int64)
    raise CodecError(f"a column of kind {kind} has no integers")


def encode_times(times: Ints) -> bytes:
    """The column int64[n] of times, smallest where most of them are equally far apart: what is
    kept is how far each is from a straight line."""
    if len(times) < 2:
        return encode_ints(times)
    steps = times[1:].view(np.uint64) - times[:-1].view(np.uint64)
    step = np.sort(steps.view(np.int64))[len(steps) // 2]
    words = times.view(np.uint64) - _line(times[0], step, len(times))
    body = encode_words(words[None])[0]
    return bytes([_Kind.TIME]) + _TWO.pack(int(times[0]), int(step)) + body


def decode_times(data: bytes, n: int) -> Ints:
    """The int64[n] that `encode_times` made these bytes of. Raises CodecError."""
    kind, body = _kind(data)
    if kind != _Kind.TIME:
        return decode_ints(data, n)
    if len(body) < _TWO.size:
        raise CodecError("the column ends too early")
    first, step = _TWO.unpack_from(body)
    words = decode_words(body[_TWO.size :], n, np.uint64)
    return (words + _line(np.int64(first), np.int64(step), n)).view(np.int64)


def _line(first: np.int64, step: np.int64, n: int) -> npt.NDArray[np.uint64]:
    """uint64[n] of first, first + step, first + 2 step …, modulo 2^64."""
    with np.errstate(over="ignore"):
        return first.view(np.uint64) + np.arange(n, dtype=np.uint64) * step.view(np.uint64)


# --- floats --------------------------------------------------------------------------------------


def _constant(value: bytes) -> bytes:
    return bytes([_Kind.CONSTANT]) + value


def _kind(data: bytes) -> tuple[int, bytes]:
    if not data:
        raise CodecError("the column is empty")
    return data[0], data[1:]


def _decode_constant(body: bytes, n: int) -> npt.NDArray[np.uint64]:
    if len(body) != 8 or n < 0:
        raise CodecError("a constant has eight bytes")
    return np.full(n, np.frombuffer(body, "<u8")[0], np.uint64)


def _encode_chunk(values: Floats) -> list[bytes]:
    bits = values.view(np.uint64)
    found = [b""] * len(values)
    constant = (bits == bits[:, :1]).all(axis=1)
    for row in np.flatnonzero(constant).tolist():
        found[row] = _constant(bits[row, 0].tobytes())
    left = ~constant
    decimals = decimals_of(values)
    for number in np.unique(decimals[left & (decimals >= 0)]).tolist():
        rows = np.flatnonzero(left & (decimals == number))
        for row, data in _encode_decimal(values, rows, number):
            found[row] = data
            left[row] = False
    rows = np.flatnonzero(left)
    if len(rows):
        with np.errstate(over="ignore", invalid="ignore"):
            narrow = values[rows].astype(np.float32)
            exact = (narrow.astype(np.float64).view(np.uint64) == bits[rows]).all(axis=1)
        _put(found, rows[exact], _Kind.FLOAT32, narrow[exact].view(np.uint32))
        _put(found, rows[~exact], _Kind.FLOAT64, bits[rows[~exact]])
    return found


def _put(found: list[bytes], rows: npt.NDArray[np.intp], kind: _Kind, words: Words) -> None:
    for row, body in zip(rows.tolist(), encode_words(words), strict=True):
        found[row] = bytes([kind]) + body


def _encode_decimal(
    values: Floats, rows: npt.NDArray[np.intp], decimals: int
) -> list[tuple[int, bytes]]:
    """Those of the rows that are whole numbers but for a few patches, with where they stand."""
    chosen = values[rows]
    whole = to_integers(chosen, decimals)
    wrong = differ(from_integers(whole, decimals), chosen)
    codes = np.full(len(rows), decimals, np.uint8)
    for place in np.flatnonzero(wrong.any(axis=1)):
        code = decimals + MULTIPLIED
        other = differ(from_integers(whole[place], code), chosen[place])
        if other.sum() < wrong[place].sum():
            wrong[place], codes[place] = other, code
    patches = wrong.sum(axis=1)
    fits = np.flatnonzero(patches <= values.shape[1] // _PATCHES)
    if not len(fits):
        return []
    for place in fits[patches[fits] > 0]:
        whole[place] = _filled(whole[place], wrong[place])
    found = []
    for place, body in zip(fits, encode_words(whole[fits].view(np.uint64)), strict=True):
        data = bytes([_Kind.DECIMAL, codes[place]]) + body
        if patches[place]:
            data = _patched(data, np.flatnonzero(wrong[place]), chosen[place][wrong[place]])
        found.append((int(rows[place]), data))
    return found


def _filled(whole: Ints, wrong: npt.NDArray[np.bool_]) -> Ints:
    """Each wrong one replaced by the last right one before it, or the first right one."""
    places = np.where(wrong, -1, np.arange(len(whole)))
    places = np.maximum.accumulate(places)
    first: Ints = whole[np.where(places < 0, np.argmin(wrong), places)]
    return first


def _decode_decimal(body: bytes, n: int) -> Floats:
    if not body or body[0] % MULTIPLIED > MOST_DECIMALS or body[0] >= 2 * MULTIPLIED:
        raise CodecError("a column has no such decimals")
    return from_integers(decode_words(body[1:], n, np.uint64).view(np.int64), body[0])


def _patched(data: bytes, places: npt.NDArray[np.intp], values: Floats) -> bytes:
    where = encode_ints(places.astype(np.int64))
    what = encode_ints(values.view(np.int64))
    head = _PATCH.pack(_Kind.PATCHED, len(places), len(where), len(what))
    return b"".join((head, where, what, data))


def _decode_patched(data: bytes, n: int) -> Floats:
    if len(data) < _PATCH.size:
        raise CodecError("the column ends too early")
    _, count, where, what = _PATCH.unpack_from(data)
    if not 0 < count <= n or len(data) <= _PATCH.size + where + what:
        raise CodecError("the column ends too early")
    at = _PATCH.size + where
    places = decode_ints(data[_PATCH.size : at], count)
    bits = decode_ints(data[at : at + what], count)
    kind, body = _kind(data[at + what :])
    if kind != _Kind.DECIMAL or places.min() < 0 or places.max() >= n:
        raise CodecError("a patch lies outside of its column")
    values = _decode_decimal(body, n)
    values[places] = bits.view(np.float64)
    return values
