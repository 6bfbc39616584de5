"""Many scans as the bytes of one row of the spool.

What comes in between two commits is mostly scans of the same tags. Together they say each list of
tags once (a third of the bytes that go through the disk), and numpy writes them, not a loop. All
little-endian: a head (magic, CRC-32 of all that follows it, and how many lists of tags, scans,
values and tags there are); the (source, length) of each list; of each scan its time; all values;
of each scan the number of its list, -1 - number where it has qualities of its own; the tags; those
qualities. What is no scan stays a batch alone (codec.py), and so does a scan alone.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian.scans import Arrived, Scans
from wellhead_historian.spool.codec import decode

_MAGIC = b"WHS2"
_HEAD = struct.Struct("<4sIIIII")
_CHECKED = 8  # where what the checksum covers begins
_STEP = 4096  # bytes that are summed up at once


def pack(scans: Sequence[sdk.Batch], good: Sequence[bool]) -> bytearray:
    """The bytes of batches of one time each and without texts; `good`: which are all GOOD."""
    lists: dict[tuple[int, bytes], int] = {}
    known: dict[tuple[int, int], int] = {}  # by the array itself: most scans share theirs
    places = []
    for batch, is_good in zip(scans, good, strict=True):
        same = (batch.source, id(batch.tags))
        place = known.get(same)
        if place is None:
            key = (batch.source, batch.tags.tobytes())
            place = known[same] = lists.setdefault(key, len(lists))
        places.append(place if is_good else -1 - place)
    tags = b"".join(tags for _, tags in lists)
    pieces: list[Any] = [
        np.array([(source, len(tags) // 4) for source, tags in lists], "<i4").tobytes(),
        np.array([batch.times[0] for batch in scans], "<i8").tobytes(),
        *[np.ascontiguousarray(batch.values).data for batch in scans],
        np.array(places, "<i4").tobytes(),
        tags,
        *[
            batch.qualities.tobytes()
            for batch, is_good in zip(scans, good, strict=True)
            if not is_good
        ],
    ]
    values = sum(len(batch) for batch in scans)
    head = _HEAD.pack(_MAGIC, 0, len(lists), len(scans), values, len(tags) // 4)
    data = bytearray().join((head, *pieces))
    struct.pack_into("<I", data, 4, _check(data))
    return data


def unpack(data: bytes) -> Arrived:
    """What a row holds: the one batch of `codec.encode`, or all of `pack`. Raises sdk.BatchError
    when the bytes were torn or changed."""
    if data[:4] != _MAGIC:
        return decode(data)
    if len(data) < _HEAD.size:
        raise sdk.BatchError("bytes end inside the head", field="batch", value=len(data))
    if _check(data) != _HEAD.unpack_from(data)[1]:
        raise sdk.BatchError("checksum does not match", field="batch", value=len(data))
    return view(data)


def view(data: bytes | bytearray) -> Scans:
    """The scans of `pack`, as columns that lie in `data`, which is known to be whole."""
    _, _, lists, scans, values, tags = _HEAD.unpack_from(data)
    heads = np.frombuffer(data, "<i4", 2 * lists, _HEAD.size).reshape(lists, 2)
    at = _HEAD.size + 8 * lists
    times = np.frombuffer(data, "<i8", scans, at)
    at += 8 * scans
    value = np.frombuffer(data, "<f8", values, at)
    at += 8 * values
    places = np.frombuffer(data, "<i4", scans, at)
    at += 4 * scans
    tag = np.frombuffer(data, "<i4", tags, at)
    is_good = places >= 0
    return Scans(
        sources=heads[:, 0].tolist(),
        tags=np.split(tag, np.cumsum(heads[:-1, 1])),
        places=np.where(is_good, places, -1 - places),
        is_good=is_good,
        times=times,
        values=value,
        qualities=np.frombuffer(data, "<i2", -1, at + 4 * tags),
    )


def _check(data: bytes | bytearray) -> int:
    """Piece by piece: more than 5 KB at once gives up Python's lock, and to get that back beside a
    busy thread takes far longer than the sum."""
    check = 0
    whole = memoryview(data)
    for at in range(_CHECKED, len(data), _STEP):
        check = zlib.crc32(whole[at : at + _STEP], check)
    return check
