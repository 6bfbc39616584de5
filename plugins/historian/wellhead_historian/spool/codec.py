"""A batch as the bytes a spool keeps: `Batch.to_bytes` without what a scan says over and over.

A scan has one time and, nearly always, good quality: both are said once, which halves the bytes
that go through the disk twice (log and file) and are deleted again. Header: magic, CRC-32 of all
that follows it, source, rows, flags; then the time(s), the tags, the values, the qualities and,
where there are any, the texts (`Batch.pack_texts`). Many scans as one: packs.py.
"""

import struct
import zlib

import numpy as np

from wellhead import sdk

_MAGIC = b"WHS1"
_HEAD = struct.Struct("<4sI")
_BODY = struct.Struct("<iIB3x")
_START = _HEAD.size + _BODY.size
_ONE_TIME = 1
_ALL_GOOD = 2
_TEXTS = 4
_GOOD = np.array([sdk.quality.GOOD], "<i2").tobytes()


def all_good(batch: sdk.Batch) -> bool:
    """True when every reading is of the one quality GOOD."""
    return batch.qualities.tobytes() == _GOOD * len(batch)


def scan_size(rows: int, good: bool) -> int:
    """The bytes of `encode` for a scan without texts."""
    return _START + 8 + (12 if good else 14) * rows


def encode(batch: sdk.Batch) -> bytes:
    """The bytes of `batch`."""
    rows = len(batch)
    flags = 0
    times, qualities = batch.times.tobytes(), batch.qualities.tobytes()
    if batch.one_time:
        flags, times = _ONE_TIME, times[:8]
    if all_good(batch):
        flags, qualities = flags | _ALL_GOOD, b""
    if batch.texts:
        flags |= _TEXTS
    pieces = (
        _BODY.pack(batch.source, rows, flags),
        times,
        np.ascontiguousarray(batch.tags).data,
        np.ascontiguousarray(batch.values).data,
        qualities,
        batch.pack_texts(),
    )
    check = 0
    for piece in pieces:  # one by one: no copy, and short ones keep Python's lock
        check = zlib.crc32(piece, check)
    return b"".join((_HEAD.pack(_MAGIC, check), *pieces))


def decode(data: bytes) -> sdk.Batch:
    """The batch of `encode`. Raises sdk.BatchError when the bytes were torn or changed."""
    if len(data) < _START or data[:4] != _MAGIC:
        raise sdk.BatchError("bytes are not a batch of a spool", field="batch", value=len(data))
    if zlib.crc32(memoryview(data)[_HEAD.size :]) != _HEAD.unpack_from(data)[1]:
        raise sdk.BatchError("checksum does not match", field="batch", value=len(data))
    source, rows, flags = _BODY.unpack_from(data, _HEAD.size)
    one_time, good = flags & _ONE_TIME, flags & _ALL_GOOD
    moments = 1 if one_time else rows
    times = np.frombuffer(data, "<i8", moments, _START)
    at = _START + 8 * moments
    end = at + (12 if good else 14) * rows
    return sdk.Batch(
        source,
        np.frombuffer(data, "<i4", rows, at),
        np.full(rows, times[0], np.int64) if one_time else times,
        np.frombuffer(data, "<f8", rows, at + 4 * rows),
        np.full(rows, sdk.quality.GOOD, np.int16)
        if good
        else np.frombuffer(data, "<i2", rows, at + 12 * rows),
        sdk.Batch.unpack_texts(data[end:], rows) if flags & _TEXTS else {},
    )
