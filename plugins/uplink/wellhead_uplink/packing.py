"""Batches as the bytes of an outbox's row, and rows as the body of a request.

A row: zlib (level 1: about half the bytes for a tenth of the store's CPU) over pieces, each a
length and a batch as a spool keeps it. A body: magic, then frames of a head (id, total, readings,
length, CRC-32 of the packed bytes) and a row. All little-endian.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wellhead import sdk
from wellhead_historian.spool.codec import decode, encode

MAX_READINGS = 16_384
"""Of one row; a larger batch is a row of its own."""
MAX_UNPACKED = 64 << 20
"""Bytes that a row may unpack to; beyond it is an attack or a defect."""
MAX_BATCHES = 100_000
"""Of one request: each takes far more memory than bytes. More than a sender's MAX_READINGS."""
_LENGTH = struct.Struct("<I")
_MAGIC = b"WHU1"
_FRAME = struct.Struct("<QQIII")


@dataclass(frozen=True, slots=True)
class Packed:
    """One row to be. begins, ends: microseconds UTC"""

    data: bytes
    readings: int
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One row on its way. crc: as sent, and checked"""

    id: int
    total: int
    readings: int
    crc: int
    packed: bytes


def pack(batches: Sequence[sdk.Batch]) -> list[Packed]:
    """All readings of `batches` in order, as rows of about MAX_READINGS."""
    rows: list[Packed] = []
    waiting: list[sdk.Batch] = []
    count = 0
    for batch in batches:
        if not len(batch):
            continue
        if waiting and count + len(batch) > MAX_READINGS:
            rows.append(_row(waiting))
            waiting, count = [], 0
        waiting.append(batch)
        count += len(batch)
    if waiting:
        rows.append(_row(waiting))
    return rows


def _row(batches: Sequence[sdk.Batch]) -> Packed:
    compressor = zlib.compressobj(1)
    pieces = []
    for batch in batches:
        data = encode(batch)
        pieces.append(compressor.compress(_LENGTH.pack(len(data))))
        pieces.append(compressor.compress(data))
    pieces.append(compressor.flush())
    return Packed(
        b"".join(pieces),
        sum(len(batch) for batch in batches),
        min(int(np.min(batch.times)) for batch in batches),
        max(int(np.max(batch.times)) for batch in batches),
    )


def unpack(packed: bytes) -> list[sdk.Batch]:
    """The batches of a row. Raises sdk.BatchError."""
    return _unpack(packed, MAX_UNPACKED, MAX_BATCHES)[0]


def _unpack(packed: bytes, most: int, most_batches: int) -> tuple[list[sdk.Batch], int]:
    """The batches of a row, and the bytes it unpacks to; at most so many. Raises sdk.BatchError."""
    opener = zlib.decompressobj()
    try:
        data = opener.decompress(packed, max(most, 1))
    except zlib.error as error:
        raise sdk.BatchError("cannot be unpacked", field="packed", value=str(error)) from error
    if not opener.eof or opener.unused_data:
        raise sdk.BatchError("are not one whole row", field="packed", value=len(packed))
    try:
        return list(_batches(memoryview(data), most_batches)), len(data)
    except ValueError as error:  # a checksum that fits and columns that do not
        raise sdk.BatchError("are no columns", field="packed", value=str(error)) from error


def unpack_frames(frames: Sequence[Frame]) -> list[sdk.Batch]:
    """The batches of all frames in order, MAX_UNPACKED bytes and MAX_BATCHES of them at most.
    Raises sdk.BatchError."""
    found: list[sdk.Batch] = []
    left = MAX_UNPACKED
    for frame in frames:
        batches, size = _unpack(frame.packed, left, MAX_BATCHES - len(found))
        readings = sum(map(len, batches))
        if readings != frame.readings:
            raise sdk.BatchError(
                f"says {frame.readings} readings", field=f"frame {frame.id}", value=readings
            )
        left -= size
        found += batches
    return found


def _batches(data: memoryview, most: int) -> Iterator[sdk.Batch]:
    at = count = 0
    while at < len(data):
        count += 1
        if count > most:
            raise sdk.BatchError(f"more than {MAX_BATCHES} batches", field="packed", value=count)
        if at + _LENGTH.size > len(data):
            raise sdk.BatchError("bytes end inside a length", field="packed", value=len(data))
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        yield decode(bytes(data[at : at + length]))
        at += length


def to_body(frames: Sequence[tuple[int, int, int, bytes]]) -> bytes:
    """The body of a request that sends rows (id, total, readings, packed)."""
    pieces = [_MAGIC]
    for number, total, readings, packed in frames:
        pieces += (_FRAME.pack(number, total, readings, len(packed), zlib.crc32(packed)), packed)
    return b"".join(pieces)


def from_body(body: bytes) -> list[Frame]:
    """The frames of `to_body`, their order and checksums checked. Raises sdk.BatchError."""
    if body[:4] != _MAGIC:
        raise sdk.BatchError("does not begin with WHU1", field="body", value=repr(body[:4]))
    frames: list[Frame] = []
    at = len(_MAGIC)
    while at < len(body):
        if at + _FRAME.size > len(body):
            raise sdk.BatchError("ends inside a frame's head", field="body", value=len(body))
        number, total, readings, length, crc = _FRAME.unpack_from(body, at)
        at += _FRAME.size
        packed = body[at : at + length]
        at += length
        if len(packed) != length or zlib.crc32(packed) != crc:
            raise sdk.BatchError("checksum does not match", field=f"frame {number}", value=length)
        if not 0 < number < 2**63 or not readings <= total < 2**63:
            raise sdk.BatchError("is no frame of an outbox", field=f"frame {number}", value=total)
        if frames and number <= frames[-1].id:
            raise sdk.BatchError("frames are not in order", field=f"frame {number}")
        frames.append(Frame(number, total, readings, crc, packed))
    if not frames:
        raise sdk.BatchError("holds no frame", field="body", value=len(body))
    return frames
