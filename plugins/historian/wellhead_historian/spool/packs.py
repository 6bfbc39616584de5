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
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian.spool.codec import decode

_MAGIC = b"WHS2"
_HEAD = struct.Struct("<4sIIIII")
_CHECKED = 8  # where what the checksum covers begins


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
    struct.pack_into("<I", data, 4, zlib.crc32(memoryview(data)[_CHECKED:]))
    return data


def unpack(data: bytes) -> list[sdk.Batch]:
    """The batches of a row, one of `codec.encode` or all of `pack`. Raises sdk.BatchError when the
    bytes were torn or changed."""
    if data[:4] != _MAGIC:
        return [decode(data)]
    if len(data) < _HEAD.size:
        raise sdk.BatchError("bytes end inside the head", field="batch", value=len(data))
    _, check, lists, scans, values, tags = _HEAD.unpack_from(data)
    if zlib.crc32(memoryview(data)[_CHECKED:]) != check:
        raise sdk.BatchError("checksum does not match", field="batch", value=len(data))
    return list(_unpack(data, lists, scans, values, tags))


def _unpack(data: bytes, lists: int, scans: int, values: int, tags: int) -> Iterator[sdk.Batch]:
    heads = np.frombuffer(data, "<i4", 2 * lists, _HEAD.size).reshape(lists, 2)
    at = _HEAD.size + 8 * lists
    times = np.frombuffer(data, "<i8", scans, at).tolist()
    at += 8 * scans
    value = np.frombuffer(data, "<f8", values, at)
    at += 8 * values
    places = np.frombuffer(data, "<i4", scans, at).tolist()
    at += 4 * scans
    tag = np.frombuffer(data, "<i4", tags, at)
    quality = np.frombuffer(data, "<i2", -1, at + 4 * tags)
    ends = np.cumsum(heads[:, 1]).tolist()
    of_list = [
        (source, tag[end - width : end], np.full(width, sdk.quality.GOOD, np.int16))
        for (source, width), end in zip(heads.tolist(), ends, strict=True)
    ]
    at = own = 0
    for time, place in zip(times, places, strict=True):
        source, named, qualities = of_list[place if place >= 0 else -1 - place]
        if place < 0:
            qualities = quality[own : own + len(named)]
            own += len(named)
        yield sdk.Batch.scan(source, time, named, value[at : at + len(named)], qualities)
        at += len(named)
