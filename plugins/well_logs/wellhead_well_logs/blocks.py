"""The bytes of a block: columns of little-endian float64 under zlib, texts as JSON under it.

zlib's lowest level reads some hundred megabytes a second, and finds the values that rounded
readings repeat. Beside its values a column keeps the extremes of each 32 rows, uncompressed, which
is what a picture of a whole log is made from.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import orjson

from wellhead_well_logs.extremes import Floats, edges, extremes

BLOCK_ROWS = 4096
STRETCH = 32
"""Rows that one pair of stored extremes stands for."""
_LEVEL = 1

Texts = list[str | None]


@dataclass(frozen=True, slots=True)
class Packed:
    """A curve in one block: as stored, with what the catalogue says of it.

    first, last: the places of the first and the last value that is no null
    """

    values: bytes
    extremes: bytes
    count: int
    minimum: float | None
    maximum: float | None
    total: float | None
    first: int
    last: int


def pack_index(index: Floats) -> tuple[bytes, bytes]:
    """(index, edges) as stored."""
    return _packed(index), _plain(edges(index, STRETCH))


def pack_numbers(values: Floats) -> Packed | None:
    """None when all are NaN."""
    places = np.flatnonzero(~np.isnan(values))
    if not len(places):
        return None
    known = values[places]
    return Packed(
        _packed(values),
        _plain(extremes(values, STRETCH)),
        len(places),
        float(known.min()),
        float(known.max()),
        float(known.sum()),
        int(places[0]),
        int(places[-1]),
    )


def pack_texts(texts: Texts) -> Packed | None:
    """None when there is no text."""
    places = [place for place, text in enumerate(texts) if text is not None]
    if not places:
        return None
    stored = zlib.compress(orjson.dumps(texts), _LEVEL)
    return Packed(stored, b"", len(places), None, None, None, places[0], places[-1])


def unpack(stored: bytes) -> Floats:
    """A column or an index, float64[n], not to be written to."""
    return np.frombuffer(zlib.decompress(stored), "<f8")


def unpack_plain(stored: bytes) -> Floats:
    """Edges or extremes, float64[2 · stretches], not to be written to."""
    return np.frombuffer(stored, "<f8")


def unpack_texts(stored: bytes) -> Texts:
    texts: Texts = orjson.loads(zlib.decompress(stored))
    return texts


def _packed(values: Floats) -> bytes:
    return zlib.compress(_plain(values), _LEVEL)


def _plain(values: Floats) -> bytes:
    return np.ascontiguousarray(values, "<f8").tobytes()
