"""What readings of text say: made fit to be kept, and as bytes.

A text comes from a device and may hold anything: PostgreSQL refuses NUL and lone surrogates, a
screen the other control characters, and one text without end would fill a notification or an index.
"""

import re
import struct
from collections.abc import Mapping

import numpy as np

MOST_CHARACTERS = 1000
"""Characters (code points) of one text that are kept."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_COUNT = struct.Struct("<I")
_PLACE = np.dtype([("row", "<u4"), ("size", "<u4")])
OVERHEAD = _PLACE.itemsize
"""Bytes that `pack` takes for each text beside its own, and at most as many more for all."""


def clean(text: str) -> tuple[str, bool]:
    """(text as it is kept, whether it was cut): at most MOST_CHARACTERS characters, with U+FFFD for
    each control character (tab and the ends of lines are none) and each lone surrogate."""
    kept = _UNFIT.sub("\ufffd", text[:MOST_CHARACTERS])
    return kept, len(text) > MOST_CHARACTERS


def pack(texts: Mapping[int, str]) -> bytes:
    """Texts by row as bytes; `unpack` gives them back unchanged."""
    places = np.empty(len(texts), _PLACE)
    bodies = []
    for place, row in enumerate(sorted(texts)):
        bodies.append(texts[row].encode("utf-8", "surrogatepass"))
        places[place] = row, len(bodies[-1])
    return b"".join((_COUNT.pack(len(texts)), places.tobytes(), *bodies))


def unpack(data: bytes, rows: int) -> dict[int, str]:
    """The texts of `pack` for a batch of `rows` rows. Raises ValueError for other bytes."""
    if len(data) < _COUNT.size:
        raise ValueError("texts end inside their count")
    (count,) = _COUNT.unpack_from(data)
    start = _COUNT.size + count * _PLACE.itemsize
    if count > rows or len(data) < start:
        raise ValueError(f"{count} texts are not in {len(data)} bytes")
    places = np.frombuffer(data, _PLACE, count, _COUNT.size)
    at = places["row"].astype(np.int64)
    ends = start + np.cumsum(places["size"], dtype=np.int64)
    if (np.diff(at, prepend=-1) <= 0).any() or (at >= rows).any():
        raise ValueError("texts of rows that are not there, or twice")
    if len(data) != (ends[-1] if count else start):
        raise ValueError("texts have another length than they say")
    found: dict[int, str] = {}
    for row, end in zip(at.tolist(), ends.tolist(), strict=True):
        found[row] = data[start:end].decode("utf-8", "surrogatepass")
        start = end
    return found
